//! Parts of error messages about arrays: what is allowed, and the line of NumPy that makes it.

/// Returns the name of a type that is not supported, what is allowed, and how to convert it.
pub(super) fn unsupported_type(descr: &str) -> String {
    let (what, cure) = match descr.trim_start_matches(['<', '>', '|', '=']) {
        text if text.starts_with('c') => ("complex numbers", "save numpy.abs(x) or x.real"),
        text if text.starts_with('O') => (
            "Python objects, often images of different sizes",
            "make one array of images of one size with numpy.stack(images)",
        ),
        text if text.starts_with(['U', 'S', 'a']) => ("text", "save numbers"),
        text if text.starts_with(['M', 'm']) => ("dates or times", "save numbers"),
        text if text.starts_with('V') => (
            "raw bytes, such as bfloat16",
            "save x.astype(numpy.float32)",
        ),
        text if text.starts_with('[') => ("records", "save one field, x['name']"),
        text if text.starts_with('f') => (
            "floats of extended precision",
            "save x.astype(numpy.float64)",
        ),
        _ => ("another type", "save x.astype(numpy.float32)"),
    };
    format!("{descr}, {what}; allowed are integers, floats of up to 64 bits and bool: {cure}")
}

/// Returns the shapes that are allowed, and how to reshape an array of another shape.
pub(super) fn allowed_shapes(shape: &[usize]) -> String {
    let cure = match *shape {
        [_] => "an array of one value per image has labels",
        [_, 1 | 3, _, 3 | 4] => {
            "the second and the last side can both be the channels; for grey images save x[:, 0] or x.mean(axis=-1), for \
             channels in the second side numpy.moveaxis(x, 1, -1)"
        }
        [_, _, _, _] => {
            "choose one channel, as x[:, 0] or x[..., 0], or average them with x.mean(axis=1) or x.mean(axis=-1)"
        }
        [_, _, _, _, ..] => "merge the first sides with x.reshape(-1, *x.shape[-2:])",
        _ => return ALLOWED_SHAPES.to_owned(),
    };
    format!("{ALLOWED_SHAPES}: {cure}")
}

const ALLOWED_SHAPES: &str = "allowed are (n, height, width), (n, height, width, 1), (n, 1, height, width), (n, pixels), \
    and colour as (n, height, width, 3), (n, height, width, 4) or (n, 3, height, width)";
