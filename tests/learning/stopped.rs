//! Fits that are stopped, and their checkpoints.

use std::io::Cursor;

use std::ops::ControlFlow;

use ndarray_npy::NpzReader;

use nmf_images::nmf::{Checkpoint, StopReason};

use nmf_images::{ImageSet, Nmf, StopRule};

pub fn stopped(nmf: &Nmf, images: &ImageSet, place: usize) -> Checkpoint {
    let (mut seen, mut checkpoint) = (0, None);
    let model = nmf.fit_with(images, |moment| {
        seen += 1;
        if seen < place {
            return ControlFlow::Continue(());
        }
        checkpoint = Some(moment.checkpoint());
        ControlFlow::Break(())
    });
    let model = model.unwrap();
    let last = model
        .restarts
        .last()
        .map_or(model.stop_reason, |start| start.stop_reason);
    assert_eq!(
        last,
        StopReason::Interrupted,
        "the fit ended before it could be stopped"
    );
    checkpoint.unwrap()
}

pub fn sixty() -> StopRule {
    StopRule {
        max_iterations: 60,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

/// How many parts may still begin anew.
pub fn revivals(checkpoint: &Checkpoint) -> u64 {
    let mut npz = NpzReader::new(Cursor::new(checkpoint.to_npz().unwrap())).unwrap();
    npz.by_name::<ndarray::OwnedRepr<u64>, ndarray::Ix0>("revivals")
        .unwrap()
        .into_scalar()
}
