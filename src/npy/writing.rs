//! Writing of arrays.

use std::io::{self, Write};

use bytemuck::{NoUninit, cast_slice};
use ndarray::{ArrayBase, Data, Dimension};

use super::{RUN_BYTES, header};

/// A type of values that can be written.
pub(crate) trait Value: NoUninit {
    /// The type as spelled in headers.
    const DESCR: &'static str;

    /// Appends the bytes of the value, the lowest first.
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! number {
    ($type:ty, $descr:literal) => {
        impl Value for $type {
            const DESCR: &'static str = $descr;

            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        }
    };
}

number!(u8, "|u1");
number!(u32, "<u4");
number!(u64, "<u8");
number!(i64, "<i8");
number!(f32, "<f4");
number!(f64, "<f8");

impl Value for bool {
    const DESCR: &'static str = "|b1";

    fn append(self, bytes: &mut Vec<u8>) {
        bytes.push(self.into());
    }
}

/// Writes an array in row-major order: all values at once if they are in memory as in the file, or else a run of them at a
/// time.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write<S, D>(array: &ArrayBase<S, D>, file: &mut impl Write) -> io::Result<()>
where
    S: Data<Elem: Value>,
    D: Dimension,
{
    file.write_all(&header(S::Elem::DESCR, array.shape()))?;
    if let Some(values) = array.as_slice()
        && cfg!(target_endian = "little")
    {
        return file.write_all(cast_slice(values));
    }
    let mut bytes = Vec::with_capacity(RUN_BYTES.min(size_of::<S::Elem>() * array.len()));
    for &value in array {
        value.append(&mut bytes);
        if bytes.len() >= RUN_BYTES {
            file.write_all(&bytes)?;
            bytes.clear();
        }
    }
    file.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, ArrayD, aview0, aview1};

    use super::*;
    use crate::npy::{HEADER, Header, Values};

    /// Writes an array, and reads it with the text of its header.
    fn round<T: Value, D: Dimension>(array: &ndarray::ArrayRef<T, D>) -> (String, Header, Values) {
        let mut file = Vec::new();
        write(&array.view(), &mut file).unwrap();
        let text = String::from_utf8_lossy(&file[10..HEADER]).trim().to_owned();
        let mut reader = &file[..];
        let header = Header::read(&mut reader, file.len() as u64).unwrap();
        let values = header.values(&mut reader).unwrap();
        assert!(reader.is_empty());
        (text, header, values)
    }

    #[test]
    fn every_shape_is_spelled_as_a_python_tuple() {
        for (text, shape) in [
            (round(&*aview0(&true)).0, "()"),
            (round(&*aview1(&[1_u8, 2])).0, "(2,)"),
            (round(&*Array3::<f64>::zeros((2, 0, 1))).0, "(2, 0, 1)"),
        ] {
            assert!(text.ends_with(&format!("'shape': {shape}}}")), "{text}");
        }
    }

    #[test]
    fn what_was_written_is_read_in_row_major_order_beyond_one_run() {
        let count = RUN_BYTES / 4 + 3;
        let columns =
            ArrayD::from_shape_fn(vec![2, count], |place| (place[0] * count + place[1]) as f32);
        let turned = columns
            .clone()
            .reversed_axes()
            .as_standard_layout()
            .into_owned();
        // The same values, but not contiguous by rows.
        let (_, header, values) = round(&*turned.reversed_axes());
        let Values::Floats(values) = values else {
            panic!("floats")
        };
        assert_eq!(header.shape, [2, count]);
        assert!(!header.lies_by_column());
        assert_eq!(header.array(values).unwrap(), columns);
    }

    #[test]
    fn integers_keep_their_sign_and_size() {
        let (_, header, values) = round(&*aview1(&[-1_i64, i64::MAX]));
        assert_eq!(header.descr, "<i8");
        assert!(matches!(values, Values::Whole(values) if values == [-1, i64::MAX]));
        let (_, header, values) = round(&*aview1(&[u32::MAX]));
        assert_eq!(header.descr, "<u4");
        assert!(matches!(values, Values::Whole(values) if values == [i64::from(u32::MAX)]));
    }
}
