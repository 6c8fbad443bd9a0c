//! The option `--resume`: the arguments and the checkpoint of an interrupted run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use nmf_images::nmf::Checkpoint;

use crate::cli::arguments::{Arguments, CommandLine, first_line};
use crate::cli::input::LIST;
use crate::cli::output::checkpoints::{CheckpointNote, FILE};

/// Where an interrupted run continues.
pub struct ResumePoint {
    pub checkpoint: Checkpoint,
    pub note: CheckpointNote,
}

impl ResumePoint {
    /// Returns a note on the iterations that the pictures of a resumed run do not show.
    pub fn note_on_pictures(&self) -> String {
        format!(
            "the run was resumed at iteration {}; pictures of the learning begin there",
            self.checkpoint.at().iteration
        )
    }
}

/// Reads the checkpoint in `folder`, the output folder of the interrupted run, and returns the arguments of that run;
/// options in `line` override those of then.
pub fn read(folder: &Path, line: CommandLine) -> Result<(Arguments, ResumePoint)> {
    let file = folder.join(FILE);
    if !file.exists() {
        bail!("{}", nothing_to_resume(folder));
    }
    let checkpoint = Checkpoint::read(&file)?;
    let note: CheckpointNote = serde_json::from_str(&checkpoint.note)
        .with_context(|| format!("{} is not a checkpoint", file.display()))?;
    let input = line.input.unwrap_or_else(|| PathBuf::from(&note.input));
    if !input.exists() && input != Path::new(LIST) {
        let (input, folder) = (input.display(), folder.display());
        bail!(
            "{input}, the input of that run, does not exist: pass its new path, as in `nmf-images FOLDER --resume {folder}`"
        );
    }
    let (words, options) = (line.words, merged(&note.options, &line.options));
    let line = parsed(&options)?;
    check_same_draw(&parsed(&note.options)?, &line)?;
    let mut arguments = line.arguments(input);
    folder.clone_into(&mut arguments.writing.out);
    arguments.words = words;
    arguments.options = options;
    Ok((arguments, ResumePoint { checkpoint, note }))
}

fn nothing_to_resume(folder: &Path) -> String {
    let path = folder.display();
    if folder.join("model.npz").exists() {
        format!(
            "{path} holds a finished run and no {FILE}: start a new run, with a larger --max-iter to continue further"
        )
    } else {
        format!("{path} contains no {FILE}: pass the output folder of an interrupted run")
    }
}

/// Parses the options of a run.
fn parsed(options: &[String]) -> Result<CommandLine> {
    let words = ["nmf-images".to_owned()].into_iter();
    let words = words.chain(options.iter().cloned());
    CommandLine::parsed(words.chain(["--".to_owned(), ".".to_owned()])).map_err(|error| {
        anyhow!(
            "the options of that run conflict with these: {}",
            first_line(&error)
        )
    })
}

/// Checks that the held-out images and the noise are those of the interrupted run.
fn check_same_draw(then: &CommandLine, now: &CommandLine) -> Result<()> {
    let (held_out, noise) = (now.method.hold_out, &now.method.noise);
    if then.method.hold_out != held_out {
        bail!("--hold-out cannot change when a run is resumed: omit it");
    }
    if then.method.noise != *noise {
        bail!("--noise cannot change when a run is resumed: omit it");
    }
    if then.learning.seed == now.learning.seed {
        return Ok(());
    }
    if held_out.is_some() {
        bail!("--seed cannot change when a run with --hold-out is resumed: omit it");
    }
    if !noise.is_empty() {
        bail!("--seed cannot change when a run with --noise is resumed: omit it");
    }
    Ok(())
}

/// Returns the options of the interrupted run, overridden by those that are given now.
fn merged(then: &[String], now: &[String]) -> Vec<String> {
    let name = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
    let given: Vec<String> = now.iter().map(|option| name(option)).collect();
    then.iter()
        .filter(|option| !given.contains(&name(option)))
        .chain(now)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn options_given_now_override_those_of_the_interrupted_run() {
        let then = words(&["--rank=3", "--only=map", "--only=parts", "--quiet"]);
        assert_eq!(
            merged(&then, &words(&["--only=usage", "--csv"])),
            words(&["--rank=3", "--quiet", "--only=usage", "--csv"])
        );
        assert_eq!(merged(&then, &[]), then);
    }

    #[test]
    fn a_resumed_run_holds_the_same_images_out() {
        let line = |given: &[&str]| parsed(&words(given)).unwrap();
        let allows = |then: &[&str], now: &[&str]| check_same_draw(&line(then), &line(now)).is_ok();
        let drawn = ["--hold-out=0.1", "--seed=3"];
        assert!(allows(&drawn, &drawn));
        assert!(allows(&drawn, &["--hold-out=0.10", "--seed=3"]));
        assert!(allows(&["--hold-out=2"], &["--hold-out=2", "--seed=0"]));
        assert!(allows(&["--seed=3"], &["--seed=4"]));
        assert!(!allows(&drawn, &["--hold-out=0.1", "--seed=4"]));
        assert!(!allows(&drawn, &["--hold-out=0.2", "--seed=3"]));
        assert!(!allows(&["--seed=3"], &drawn));
    }

    #[test]
    fn a_resumed_run_has_the_same_noise() {
        let line = |given: &[&str]| parsed(&words(given)).unwrap();
        let allows = |then: &[&str], now: &[&str]| check_same_draw(&line(then), &line(now)).is_ok();
        let noisy = ["--noise=gaussian:0.1", "--noise=block:5", "--seed=3"];
        assert!(allows(&noisy, &noisy));
        assert!(!allows(
            &noisy,
            &["--noise=block:5", "--noise=gaussian:0.1", "--seed=3"]
        ));
        assert!(!allows(
            &noisy,
            &["--noise=gaussian:0.1", "--noise=block:5"]
        ));
        assert!(!allows(&["--seed=3"], &noisy));
        assert!(!allows(&noisy, &["--seed=3"]));
    }
}
