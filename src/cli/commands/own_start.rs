//! A start from the file of `--init`, for the commands that learn: it is read once the output folder is ready, and complete
//! once the images are read.

use anyhow::{Result, bail, ensure};
use nmf_images::images::Images;
use nmf_images::{FactorFile, FileStart, FoundFactor, Init};

use crate::cli::arguments::{Arguments, Compare, PictureChoice, Rank, StartChoice};

/// W, H or both, as the file has them.
#[derive(Clone)]
pub struct OwnStart {
    file: FactorFile,
}

/// A start that fits the images.
pub struct CompleteStart {
    pub init: Init,
    /// The path of the file.
    pub name: String,
    /// What was not taken from the file.
    pub note: Option<String>,
}

impl OwnStart {
    /// Reads the file, if `--init` names one.
    pub fn read(choice: &StartChoice) -> Result<Option<Self>> {
        let file = choice.file().map(FactorFile::read).transpose()?;
        Ok(file.map(|file| Self { file }))
    }

    /// Returns the arguments with the number of parts of the file.
    pub fn arguments(&self, arguments: &Arguments) -> Result<Arguments> {
        if arguments.pictures.is_asked_for(PictureChoice::Ladder) {
            bail!(
                "ladder.png shows other numbers of parts than {}: omit `ladder` from --only",
                self.file.path.display()
            );
        }
        let rank = Rank::Given(self.file.rank());
        self.check_rank(!arguments.has_rank() || arguments.rank == rank)?;
        Ok(Arguments {
            rank,
            ..arguments.clone()
        })
    }

    /// Returns the arguments of a comparison with the number of parts of the file.
    pub fn compared(&self, arguments: &Compare) -> Result<Compare> {
        let rank = self.file.rank();
        self.check_rank(!arguments.has_rank || arguments.rank == rank)?;
        Ok(Compare {
            rank,
            ..arguments.clone()
        })
    }

    fn check_rank(&self, fits: bool) -> Result<()> {
        let (path, rank) = (self.file.path.display(), self.file.rank());
        ensure!(
            fits,
            "{path} has {rank} parts, and -k is another number: omit it, or pass -k {rank}"
        );
        Ok(())
    }

    /// Returns the start for these images. All processes call this together.
    pub fn complete(self, images: &impl Images) -> Result<CompleteStart> {
        let name = self.file.path.to_string_lossy().into_owned();
        let FileStart { init, found, .. } = self.file.into_start(images)?;
        let note = found.map(|found| match found {
            FoundFactor::Weights => {
                format!("{name} has no W: the weights were found from its H by non-negative least squares")
            }
            FoundFactor::WeightsOfOthers(count) => format!(
                "{name} has the weights of {count} other images: only its parts are used, with weights found by non-negative least \
                 squares"
            ),
            FoundFactor::Parts => {
                format!("{name} has no H: the parts were found from its W by non-negative least squares")
            }
        });
        Ok(CompleteStart { init, name, note })
    }
}
