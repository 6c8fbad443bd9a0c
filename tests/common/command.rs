//! The command in a temporary folder of its own, with its input and output.

#![allow(dead_code, reason = "each test file uses its share")]

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use assert_cmd::Command;
use ndarray::{Array3, ArrayBase, Data, Dimension};
use ndarray_npy::{WritableElement, WriteNpyExt};
use tempfile::TempDir;

/// Images that [`Desk::with_pictures`] puts into the folder `pictures`, and their size.
pub const COUNT: usize = 12;
pub const WIDTH: usize = 8;
pub const HEIGHT: usize = 6;

/// A temporary folder.
pub struct Desk(TempDir);

impl Desk {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With twelve pictures of three bars, each bar of another brightness in every picture, and a little noise.
    pub fn with_pictures() -> Self {
        let desk = Self::empty();
        for (index, picture) in bars(COUNT, HEIGHT, WIDTH).outer_iter().enumerate() {
            let values: Vec<u8> = picture.iter().copied().collect();
            desk.write(
                &format!("pictures/{index}.pgm"),
                pgm(WIDTH, HEIGHT, &values),
            );
        }
        desk
    }

    /// Writes a file below the desk, with the folders that lead to it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn write_npy<A: WritableElement, D: Dimension>(
        &self,
        name: &str,
        array: &ArrayBase<impl Data<Elem = A>, D>,
    ) {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).unwrap();
        self.write(name, bytes);
    }

    /// The command with its arguments, separated by spaces.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nmf-images"));
        command
            .current_dir(self.0.path())
            .args(arguments.split_whitespace());
        command
    }

    /// The command at work, to be watched, signalled or killed; what it says on stderr waits to be read.
    pub fn begin(&self, arguments: &str) -> Child {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nmf-images"));
        command
            .current_dir(self.0.path())
            .args(arguments.split_whitespace());
        command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What lies in a folder of the desk, hidden files too.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// An 8-bit grey picture.
pub fn pgm(width: usize, height: usize, values: &[u8]) -> Vec<u8> {
    let mut bytes = format!("P5\n{width} {height}\n255\n").into_bytes();
    bytes.extend_from_slice(values);
    bytes
}

/// Pictures of three bars side by side, each bar of another brightness in every picture, and a little noise.
pub fn bars(count: usize, height: usize, width: usize) -> Array3<u8> {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as usize
    };
    let light: Vec<usize> = (0..3 * count).map(|_| random()).collect();
    Array3::from_shape_fn((count, height, width), |(image, _, column)| {
        let value = light[3 * image + 3 * column / width] * 7 / 8 + random() / 16;
        u8::try_from(value).unwrap()
    })
}
