//! Small valid files of every format, and how each is read.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};
use image::{DynamicImage, GrayImage, ImageFormat, RgbaImage};
use ndarray::{Array1, Array2, Array3, Array4, array};
use ndarray_npy::WriteNpyExt;
use nmf_images::decomposition::METHODS;
use nmf_images::images::{ImageSet, Images, LoadOptions, Missing, load, load_several};
use nmf_images::projection::Prior;
use nmf_images::{Basis, Decomposition, Method, Model, NMF, Quantisation, Result, Shape};
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::{Gray8, Gray16, Gray32Float};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::command::{bars, pgm};
use super::tiff_file::{CLASSIC, FORMS, TiffPage, Values};

/// A whole file.
pub struct Seed {
    pub format: &'static str,
    /// What it is called on a desk.
    pub name: &'static str,
    /// What is damaged before it is sealed.
    pub content: Vec<u8>,
    /// Makes a file of the content: checksums are right and what is compressed is compressed, whatever is in it.
    pub seal: fn(&[u8]) -> Vec<u8>,
    /// Whole files that lie beside it.
    pub beside: Vec<(&'static str, Vec<u8>)>,
    /// Reads it, and gives what is said of it.
    pub read: fn(&Path) -> Result<Vec<String>>,
}

impl Seed {
    fn new(format: &'static str, name: &'static str, content: Vec<u8>) -> Self {
        Self {
            format,
            name,
            content,
            seal: <[u8]>::to_vec,
            beside: Vec::new(),
            read: alone,
        }
    }
}

pub fn all() -> Vec<Seed> {
    [
        pictures(),
        pages(),
        kinds_of_tiff(),
        arrays(),
        archives(),
        vec![table(), model()],
        tables(),
        masks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn alone(path: &Path) -> Result<Vec<String>> {
    load_several(&[path], &LoadOptions::default()).map(told)
}

/// In a folder, or a file that holds many images.
fn whole(path: &Path) -> Result<Vec<String>> {
    load(path, &LoadOptions::default()).map(told)
}

/// What is said of a set, whose values are sound.
fn told(set: ImageSet) -> Vec<String> {
    let values = set.to_f32();
    assert_eq!(
        (values.nrows(), values.ncols()),
        (set.names.len(), set.shape.pixels())
    );
    assert!(
        set.mask().is_some()
            || values
                .iter()
                .all(|value| value.is_finite() && *value >= 0.0)
    );
    set.skipped
        .into_iter()
        .map(|skipped| skipped.reason)
        .chain(set.notes)
        .collect()
}

fn pictures() -> Vec<Seed> {
    let grey = GrayImage::from_fn(8, 6, |x, y| image::Luma([(30 * x + y) as u8]));
    let grey = DynamicImage::from(grey);
    let colour = DynamicImage::from(RgbaImage::from_fn(8, 6, |x, y| {
        image::Rgba([20, x as u8, y as u8, 200])
    }));
    let encode = |image: &DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let png = |image: &DynamicImage| Seed {
        seal: with_checksums,
        ..Seed::new("png", "a.png", encode(image, ImageFormat::Png))
    };
    vec![
        png(&grey),
        png(&DynamicImage::from(colour.to_rgba16())),
        Seed::new("jpeg", "a.jpg", encode(&grey, ImageFormat::Jpeg)),
        Seed::new(
            "jpeg",
            "a.jpg",
            encode(&DynamicImage::from(colour.to_rgb8()), ImageFormat::Jpeg),
        ),
        Seed::new(
            "jpeg",
            "a.jpg",
            include_bytes!("../data/formats/jpeg-progressive.jpg").to_vec(),
        ),
        Seed::new(
            "jpeg",
            "a.jpg",
            include_bytes!("../data/formats/jpeg-restarts.jpg").to_vec(),
        ),
        Seed::new("bmp", "a.bmp", encode(&colour, ImageFormat::Bmp)),
        Seed::new(
            "bmp",
            "a.bmp",
            include_bytes!("../data/formats/bmp-rle4.bmp").to_vec(),
        ),
        Seed::new(
            "gif",
            "a.gif",
            include_bytes!("../data/formats/gif-animated.gif").to_vec(),
        ),
        Seed::new("pgm", "a.pbm", b"P1 3 2 # bits\n100110".to_vec()),
        Seed::new("webp", "a.webp", encode(&colour, ImageFormat::WebP)),
        Seed::new("gif", "a.gif", encode(&colour, ImageFormat::Gif)),
        Seed::new("pgm", "a.pgm", pgm(8, 6, grey.as_bytes())),
        Seed::new(
            "pgm",
            "a.pgm",
            b"P2 3 2 # of letters\n15  0 5 10 15 2 3".to_vec(),
        ),
        Seed::new(
            "pgm",
            "a.pam",
            b"P7\nWIDTH 1\nHEIGHT 2\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabcdef".to_vec(),
        ),
    ]
}

/// A PNG file with the checksum that each of its chunks should have.
fn with_checksums(png: &[u8]) -> Vec<u8> {
    let mut png = png.to_vec();
    let mut at = 8;
    while let Some(size) = png
        .get(at..at + 4)
        .map(|size| u32::from_be_bytes(size.try_into().unwrap()) as usize)
    {
        let end = at + 8 + size;
        let Some(chunk) = png.get(at + 4..end) else {
            break;
        };
        let mut crc = Crc::new();
        crc.update(chunk);
        png.iter_mut()
            .skip(end)
            .zip(crc.sum().to_be_bytes())
            .for_each(|(byte, sum)| *byte = sum);
        at = end + 4;
    }
    png
}

fn pages() -> Vec<Seed> {
    let (mut one, mut several, mut fine) =
        (Cursor::default(), Cursor::default(), Cursor::default());
    TiffEncoder::new(&mut one)
        .unwrap()
        .write_image::<Gray8>(3, 2, &[7; 6])
        .unwrap();
    let mut file = TiffEncoder::new(&mut several).unwrap();
    (0..4).for_each(|grey| file.write_image::<Gray8>(3, 2, &[grey; 6]).unwrap());
    let mut file = TiffEncoder::new_big(&mut fine).unwrap();
    file.write_image::<Gray32Float>(3, 2, &[0.5; 6]).unwrap();
    file.write_image::<Gray16>(3, 2, &[500; 6]).unwrap();
    vec![
        Seed::new("tiff", "a.tif", one.into_inner()),
        Seed {
            read: whole,
            ..Seed::new("tiff", "stack.tif", several.into_inner())
        },
        Seed {
            read: whole,
            ..Seed::new("tiff", "stack.tif", fine.into_inner())
        },
    ]
}

/// TIFF files of few bits, palettes, alpha, compressions, no data, stated frames and channels.
fn kinds_of_tiff() -> Vec<Seed> {
    let [_, big_end, _, big] = FORMS;
    let palette = TiffPage::grey(4, 2, 4, &[0x10, 0x21, 0x21, 0x10]).with(262, 3);
    let palette = palette.with(320, &[0x1111_u16; 48][..]).with(266, 2);
    let tiles: [&[u8]; 2] = [&[0xFD, 1], &[3, 1, 2, 3, 4]];
    let tiled = TiffPage::grey(3, 2, 8, &[]).with(322, 2).with(323, 2);
    let tiled = tiled.in_chunks(&tiles).with(259, 32773);
    let fax = [
        0x98, 0x2D, 0xD1, 0xBC, 0xD8, 0x10, 0x91, 0x4D, 0x48, 0xC4, 0, 0x20, 2,
    ];
    let fax = TiffPage::grey(20, 6, 1, &fax).with(259, 4);
    let alpha = TiffPage::colour(1, 1, &[8; 4], &[128; 4]).with(338, 1);
    let ycbcr = TiffPage::colour(2, 2, &[8; 3], &[1, 2, 3, 4, 128, 128]).with(262, 6);
    let range = [16, 235, 128, 240, 128, 240].map(|value| (value, 1));
    let ycbcr = ycbcr.with(532, Values::Rational(range.to_vec()));
    let lzw = [0x80, 0x00, 0x60, 0x50, 0x20, 0x10, 0x0C, 0x09, 0x01];
    let lzw = TiffPage::grey(4, 2, 8, &lzw).with(259, 5);
    let no_data = TiffPage::grey(2, 1, 16, &[1, 2, 3, 4]).with(339, 2);
    let no_data = no_data.with(42113, "772");
    let frames = TiffPage::grey(1, 1, 8, &[1]).before(&[2, 3, 4]);
    let frames = frames.with(270, "ImageJ=1.53t\nimages=4\nchannels=2\n");
    let ome = "<OME><Image><Pixels DimensionOrder=\"XYCZT\" SizeC=\"2\" SizeZ=\"1\" SizeT=\"1\">\
        <Channel Name=\"a\"/><Channel/><TiffData/></Pixels></Image></OME>";
    let page = TiffPage::grey(1, 1, 8, &[1]);
    let channels = CLASSIC.file(&[page.clone().with(270, ome), page]);
    let one = |file| Seed::new("tiff", "a.tif", file);
    let stack = |file| Seed {
        read: whole,
        ..Seed::new("tiff", "stack.tif", file)
    };
    vec![
        one(CLASSIC.file(&[palette])),
        one(big_end.file(&[tiled])),
        one(CLASSIC.file(&[fax])),
        one(big.file(&[alpha])),
        one(CLASSIC.file(&[ycbcr])),
        one(CLASSIC.file(&[lzw])),
        one(big_end.file(&[no_data])),
        stack(big.file(&[frames])),
        Seed::new("tiff", "stack.tif", channels),
    ]
}

fn arrays() -> Vec<Seed> {
    let images = bars(3, 2, 4);
    let by_column = images.mapv(f64::from).reversed_axes();
    let names = b"x/a.png\ny/b\\n.png\nc\n".to_vec();
    let labels = [&[0, 0, 8, 1, 0, 0, 0, 3][..], &[1, 2, 1]].concat();
    let beside_array = vec![("a.npy", npy(&images))];
    let beside_idx = vec![(IDX, idx(&images))];
    vec![
        Seed::new("npy", "a.npy", npy(&images)),
        Seed::new("npy", "a.npy", npy(&by_column)),
        Seed::new("npy", "a.npy", npy(&array![[1_f32, 0.5], [0.25, 1.0]])),
        Seed::new("npy", "a.npy", npy(&images.mapv(i64::from))),
        Seed::new("npy", "a.npy", npy(&Array4::<u8>::ones((3, 2, 2, 4)))),
        Seed {
            beside: beside_array.clone(),
            read: labelled,
            ..Seed::new("labels", "labels", b"cat\n\"dog\"\ncat\n".to_vec())
        },
        Seed {
            beside: beside_array.clone(),
            read: labelled,
            ..Seed::new("labels", "labels", npy(&array![7_i16, 10, 7]))
        },
        Seed {
            beside: beside_array,
            read: |path| whole(&beside(path, "a.npy")),
            ..Seed::new("names", "a.names", names)
        },
        Seed {
            seal: |npy| zipped("x.npy", npy),
            ..Seed::new("npz", "a.npz", npy(&images))
        },
        Seed::new("npz", "a.npz", zipped("x.npy", &npy(&images))),
        Seed {
            read: whole,
            ..Seed::new("idx", IDX, idx(&images))
        },
        Seed {
            seal: gzip,
            ..Seed::new("idx.gz", "images.gz", idx(&images))
        },
        Seed {
            beside: beside_idx,
            read: |path| whole(&beside(path, IDX)),
            ..Seed::new("labels", LABELS, labels)
        },
    ]
}

/// The labels in a file of their own.
fn labelled(path: &Path) -> Result<Vec<String>> {
    let options = LoadOptions {
        labels: Some(path.to_owned()),
        ..LoadOptions::default()
    };
    load(&beside(path, "a.npy"), &options).map(told)
}

const IDX: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

fn beside(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}

fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

fn idx(images: &Array3<u8>) -> Vec<u8> {
    let (count, height, width) = images.dim();
    let sides = [count, height, width].map(|side| u32::try_from(side).unwrap().to_be_bytes());
    [
        &[0, 0, 8, 3][..],
        sides.as_flattened(),
        images.as_slice().unwrap(),
    ]
    .concat()
}

fn archives() -> Vec<Seed> {
    let files = ["b/1.pgm", "a/2.pgm", "a/notes.txt"].map(|name| (name, pgm(2, 2, &[1, 2, 3, 4])));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in &files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &**bytes).unwrap();
    }
    let (zip, tar) = (
        zip.finish().unwrap().into_inner(),
        tar.into_inner().unwrap(),
    );
    vec![
        Seed::new("zip", "a.zip", zip),
        Seed {
            seal: |pgm| zipped("a.pgm", pgm),
            ..Seed::new("zip", "a.zip", pgm(3, 1, &[1, 2, 3]))
        },
        Seed {
            seal: with_header_sums,
            read: whole,
            ..Seed::new("tar", "a.tar", tar.clone())
        },
        Seed {
            seal: |tar| gzip(&with_header_sums(tar)),
            read: whole,
            ..Seed::new("tar.gz", "a.tar.gz", tar)
        },
        Seed {
            seal: with_header_sums,
            read: whole,
            ..Seed::new("tar", "a.tar", sparse_tar())
        },
    ]
}

/// An archive of two pictures, one of them stored without the zeros at its end.
fn sparse_tar() -> Vec<u8> {
    let picture = pgm(2, 2, &[1, 2, 0, 0]);
    let (stored, length) = (picture.len() - 2, picture.len().to_string());
    let map = format!("1\n0\n{stored}\n");
    let packed = [format!("{map:\0<512}").as_bytes(), &picture[..stored]].concat();
    let records: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"a/2.pgm"),
        ("GNU.sparse.realsize", length.as_bytes()),
    ];
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [("b/1.pgm", &picture), ("a/GNUSparseFile.1/2.pgm", &packed)] {
        if name.starts_with('a') {
            tar.append_pax_extensions(records).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &**bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

/// An archive of one file.
fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(
        name,
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated),
    )
    .unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive with the checksum that each of its headers should have.
fn with_header_sums(tar: &[u8]) -> Vec<u8> {
    let mut tar = tar.to_vec();
    for block in tar
        .chunks_exact_mut(512)
        .filter(|block| block[257..].starts_with(b"ustar"))
    {
        let mut header = tar::Header::from_byte_slice(block).clone();
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
    }
    tar
}

fn table() -> Seed {
    let lines = "name,p1,p2,p3\nx,1,2,3\n\"y\",4,5.5,6\nx,7,,9\n";
    let read = |path: &Path| {
        let (label, missing) = (Some("name".to_owned()), Some(Missing::Nan));
        load(
            path,
            &LoadOptions {
                label,
                missing,
                ..LoadOptions::default()
            },
        )
        .map(told)
    };
    Seed {
        read,
        ..Seed::new("csv", "a.csv", lines.as_bytes().to_vec())
    }
}

/// Tables as other programs write them.
fn tables() -> Vec<Seed> {
    let index = ",a,b\n0,7,3.5\n1,8,4\n2,9,5\n";
    let lists = "emotion,pixels,Usage\n0,1 2 3,Training\n1,\"[4, 5, 6]\",Test\n";
    let spaced = "# made by hand\n 6 0.5  1\n5 0 1e0 \n";
    let turned = "a;b\n1,5;2\n0;3\n2,5;4\n";
    let seed = |text: &str| Seed {
        read: whole,
        ..Seed::new("csv", "a.csv", text.as_bytes().to_vec())
    };
    vec![
        seed(index),
        seed(lists),
        seed(spaced),
        Seed {
            seal: gzip,
            ..Seed::new("csv.gz", "a.csv.gz", spaced.as_bytes().to_vec())
        },
        Seed {
            read: |path| {
                let options = LoadOptions {
                    transpose: true,
                    ..LoadOptions::default()
                };
                load(path, &options).map(told)
            },
            ..seed(turned)
        },
    ]
}

/// Made by hand: to learn one would reserve more memory than all that is tried here.
fn model() -> Seed {
    let shape = Shape::new(2, 3);
    let basis = || Basis::new(shape, Array2::from_elem((2, 6), 0.5));
    let weights = || Array2::from_elem((3, 2), 0.25);
    let learned = |method: &'static Method| Decomposition {
        method,
        basis: basis(),
        weights: weights(),
        mean: method.signed.then(|| Array1::from_elem(6, 0.5)),
        errors: vec![0.1; 3],
    };
    let decompositions: Vec<Decomposition> = METHODS.into_iter().map(learned).collect();
    let model = Model {
        priors: decompositions
            .iter()
            .map(|learned| (learned.method, Prior::of_errors(learned)))
            .collect(),
        decompositions,
        vq: Some(Quantisation {
            prototypes: basis(),
            assignments: vec![1, 0, 1],
            errors: vec![0.2; 3],
        }),
        names: ["a", "b\nc", "d"].map(str::to_owned).to_vec(),
        labels: ["x", "y", "x"].map(str::to_owned).to_vec(),
        reading: LoadOptions {
            size: Some(shape),
            ..LoadOptions::default()
        },
        settings: "{}".to_owned(),
        provenance: "{}".to_owned(),
    };
    let read = |path: &Path| {
        let model = Model::read(path)?;
        assert!(
            model
                .by(&NMF)
                .basis
                .rows()
                .iter()
                .all(|value| value.is_finite() && *value >= 0.0)
        );
        Ok(Vec::new())
    };
    Seed {
        read,
        ..Seed::new("model", "model.npz", model.to_npz().unwrap())
    }
}

/// Masks over whole images: a picture for all, and an array with one for each.
fn masks() -> Vec<Seed> {
    let read = |path: &Path| {
        let options = LoadOptions {
            mask: Some(path.to_owned()),
            ..LoadOptions::default()
        };
        load(&beside(path, "images.npy"), &options).map(told)
    };
    let masks = bars(3, 2, 4).mapv(|value| value > 90);
    let seeds = [
        Seed::new(
            "mask",
            "mask.pgm",
            pgm(4, 2, &[255, 255, 0, 255, 255, 0, 255, 255]),
        ),
        Seed::new("mask", "mask.npy", npy(&masks)),
    ];
    seeds
        .map(|seed| Seed {
            beside: vec![("images.npy", npy(&bars(3, 2, 4)))],
            read,
            ..seed
        })
        .into()
}
