//! The choice of a rank from the scores, with its reason.

use serde::{Deserialize, Serialize};

use super::scores::RankScores;

/// A decrease of the squared relative error by less than this does not justify another part.
const NEGLIGIBLE: f64 = 1e-3;
/// If the least error is at the highest rank, it counts as still falling unless it was as low at
/// this fraction of that rank.
const LATE: f64 = 0.75;

/// The chosen rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RankChoice {
    /// The rank.
    pub choice: usize,
    /// The reason, in one sentence.
    pub reason: String,
    /// The highest held-out error that counts as equal to the minimum; `None` if no pixels were held out.
    #[serde(skip)]
    pub limit: Option<f64>,
}

/// Returns the smallest rank that predicts held-out pixels as well as any other, from `scores` in
/// ascending order of the rank: its held-out error is at most one standard error above the least
/// (the rule of L. Breiman and others, *Classification and regression trees*, 1984), or its square
/// is at most a thousandth above that of the least.
///
/// If there are too few images or pixels to hold out any, returns the result of `parallel`
/// analysis, limited to the ranks tried. Returns `None` without scores.
#[must_use]
pub fn choose(scores: &[RankScores], parallel: Option<usize>) -> Option<RankChoice> {
    let (first, last) = (scores.first()?, scores.last()?);
    let known: Vec<HeldOutScore> = scores.iter().filter_map(HeldOutScore::of).collect();
    let Some(least) = known.iter().min_by(|a, b| a.error.total_cmp(&b.error)) else {
        let choice = parallel.unwrap_or(last.rank).clamp(first.rank, last.rank);
        return Some(RankChoice {
            choice,
            reason: without_held_out(parallel),
            limit: None,
        });
    };
    let limit = (least.error + least.spread).max((least.error.powi(2) + NEGLIGIBLE).sqrt());
    let chosen = known
        .iter()
        .find(|known| known.error <= limit)
        .unwrap_or(least);
    let reason = reason(&known, chosen, least, limit, last.rank);
    Some(RankChoice {
        choice: chosen.rank,
        reason: reason + &agreement(scores, chosen.rank),
        limit: Some(limit),
    })
}

/// Returns why `chosen` is the choice, where `least` has the least error.
fn reason(
    known: &[HeldOutScore],
    chosen: &HeldOutScore,
    least: &HeldOutScore,
    limit: f64,
    highest: usize,
) -> String {
    if known.len() == 1 {
        return format!(
            "no other rank than {} was scored on held-out pixels",
            least.rank
        );
    }
    let early = |known: &&HeldOutScore| known.rank as f64 <= LATE * highest as f64;
    let late = known.iter().rev().find(early).unwrap_or(&known[0]);
    let at_the_end = least.rank == known[known.len() - 1].rank;
    if at_the_end && (chosen.rank == least.rank || late.error > limit) {
        still_falling(chosen, least, late, highest)
    } else {
        enough(chosen, least, known[0].rank)
    }
}

/// The held-out error of a rank.
#[derive(Clone, Copy)]
struct HeldOutScore {
    rank: usize,
    error: f64,
    spread: f64,
}

impl HeldOutScore {
    fn of(scores: &RankScores) -> Option<Self> {
        let error = scores.held_out_error.filter(|error| error.is_finite())?;
        Some(Self {
            rank: scores.rank,
            error,
            spread: scores.held_out_spread.unwrap_or(0.0),
        })
    }
}

fn still_falling(
    chosen: &HeldOutScore,
    least: &HeldOutScore,
    late: &HeldOutScore,
    highest: usize,
) -> String {
    let which = if least.rank == highest {
        "tried"
    } else {
        "that half of the images and pixels allow"
    };
    let before = if late.rank < least.rank {
        format!(" ({} at rank {})", percent(late.error), late.rank)
    } else {
        String::new()
    };
    let taken = if chosen.rank < least.rank {
        format!(
            "; rank {} is {} of the minimum",
            chosen.rank,
            near(chosen, least)
        )
    } else {
        String::new()
    };
    format!(
        "the held-out error still decreases at {}, the highest rank {which}: {}{before}, so more parts may predict \
         better{taken}",
        least.rank,
        percent(least.error)
    )
}

fn enough(chosen: &HeldOutScore, least: &HeldOutScore, lowest: usize) -> String {
    let error = percent(chosen.error);
    if chosen.rank == least.rank && chosen.rank == lowest {
        return format!(
            "the held-out error is lowest at {}, the lowest rank tried: {error}",
            chosen.rank
        );
    }
    if chosen.rank == least.rank {
        return format!(
            "the held-out error is lowest at rank {}, {error}, and no smaller rank comes close",
            chosen.rank
        );
    }
    let (least_error, near) = (percent(least.error), near(chosen, least));
    format!(
        "the smallest rank whose held-out error, {error}, is {near} of the minimum, {least_error} at rank {}",
        least.rank
    )
}

/// Returns how close an error is to the minimum.
fn near(chosen: &HeldOutScore, least: &HeldOutScore) -> &'static str {
    if chosen.error <= least.error + least.spread {
        "within one standard error"
    } else {
        "within 0.1 % of the sum of squares"
    }
}

fn without_held_out(parallel: Option<usize>) -> String {
    let few = "there are too few images or pixels to hold out half of them";
    match parallel {
        Some(count) => format!("{few}; parallel analysis finds {count} eigenimages above chance"),
        None => few.to_owned(),
    }
}

/// Returns the stability at the chosen rank, as the end of a sentence.
fn agreement(scores: &[RankScores], rank: usize) -> String {
    let stability = scores
        .iter()
        .find(|scores| scores.rank == rank)
        .and_then(|scores| scores.stability);
    stability.map_or_else(String::new, |alike| {
        format!("; the similarity of parts from different starts is {alike:.2} (1 = identical)")
    })
}

/// Returns a fraction as a percentage with three digits.
fn percent(fraction: f64) -> String {
    let percent = 100.0 * fraction;
    let digits = if percent >= 10.0 { 1 } else { 2 };
    format!("{percent:.digits$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of ranks from `first` on, with these held-out errors and one spread for all.
    fn curve(first: usize, errors: &[f64], spread: f64) -> Vec<RankScores> {
        let scores = |(index, &error): (usize, &f64)| RankScores {
            rank: first + index,
            seed: 0,
            relative_error: 0.1,
            held_out_error: Some(error),
            held_out_spread: Some(spread),
            stability: None,
            cophenetic: None,
            pca_error: None,
            bound: None,
            seconds: 0.0,
        };
        errors.iter().enumerate().map(scores).collect()
    }

    fn choice(first: usize, errors: &[f64], spread: f64) -> (usize, String) {
        let choice = choose(&curve(first, errors, spread), None).expect("some ranks");
        (choice.choice, choice.reason)
    }

    #[test]
    fn a_minimum_inside_is_chosen() {
        let (rank, reason) = choice(2, &[0.5, 0.3, 0.1, 0.2, 0.3], 0.001);
        assert_eq!(rank, 4);
        assert!(
            reason.starts_with("the held-out error is lowest at rank 4, 10.0 %"),
            "{reason}"
        );
    }

    #[test]
    fn of_a_plateau_the_smallest_rank_is_chosen_wherever_its_least_is() {
        for least in 3..9 {
            let mut errors = [0.5, 0.4, 0.3, 0.101, 0.101, 0.101, 0.101, 0.101, 0.101];
            errors[least] = 0.1;
            let (rank, reason) = choice(1, &errors, 0.001);
            assert_eq!(rank, 4, "{reason}");
            assert!(!reason.contains("still decreases"), "{reason}");
        }
    }

    #[test]
    fn a_rank_within_one_standard_error_of_the_least_is_as_good() {
        let errors = [0.50, 0.32, 0.30, 0.31];
        assert_eq!(choice(1, &errors, 0.021).0, 2);
        assert_eq!(choice(1, &errors, 0.019).0, 3);
    }

    #[test]
    fn a_squared_error_up_to_a_thousandth_above_the_least_is_as_good() {
        // 0.04² = 0.0016; 0.0509² is 0.00099 more, 0.0511² is 0.00101 more.
        assert_eq!(choice(1, &[0.5, 0.0509, 0.04, 0.05], 0.0).0, 2);
        assert_eq!(choice(1, &[0.5, 0.0511, 0.04, 0.05], 0.0).0, 3);
    }

    #[test]
    fn the_reason_states_that_the_error_still_falls_at_the_highest_rank() {
        let falling: Vec<f64> = (1..=40)
            .map(|rank| 0.8 / f64::from(rank).powf(0.2))
            .collect();
        let (rank, reason) = choice(1, &falling, 0.001);
        assert!((38..=40).contains(&rank), "{rank}");
        assert!(
            reason.starts_with("the held-out error still decreases at 40, the highest rank tried"),
            "{reason}"
        );
        let (rank, reason) = choice(1, &falling, 0.01);
        assert!(
            (30..38).contains(&rank),
            "{rank}: a wide margin takes a smaller rank"
        );
        assert!(
            reason.starts_with("the held-out error still decreases at 40")
                && reason.contains(&format!("{rank} is within one standard error")),
            "{reason}"
        );
        let (rank, reason) = choice(1, &[0.5, 0.3], 0.001);
        assert_eq!(rank, 2);
        assert!(
            reason.starts_with("the held-out error still decreases at 2"),
            "{reason}"
        );
    }

    #[test]
    fn noise_about_a_flat_curve_gives_the_smallest_rank() {
        let errors: Vec<f64> = (0..20_u32)
            .map(|rank| 0.5 + 0.004 * f64::from(rank * 7 % 5))
            .collect();
        assert_eq!(choice(3, &errors, 0.02).0, 3);
    }

    #[test]
    fn ranks_without_held_out_pixels_are_ignored_and_a_single_rank_has_its_own_reason() {
        let mut scores = curve(1, &[0.5, 0.1, 0.1], 0.001);
        scores[2].held_out_error = None;
        let choice = choose(&scores, None).expect("some");
        assert_eq!(choice.choice, 2);
        let alone = choose(&scores[1..2], None).expect("one");
        assert_eq!(
            (alone.choice, alone.reason.as_str()),
            (2, "no other rank than 2 was scored on held-out pixels")
        );
        assert_eq!(choose(&[], Some(3)), None);
    }

    #[test]
    fn without_held_out_pixels_parallel_analysis_decides_within_the_ranks_tried() {
        let mut scores = curve(2, &[0.5, 0.4, 0.3], 0.0);
        for scores in &mut scores {
            scores.held_out_error = None;
        }
        let choices = [Some(0), Some(3), Some(9), None]
            .map(|parallel| choose(&scores, parallel).expect("some").choice);
        assert_eq!(choices, [2, 3, 4, 4]);
    }

    #[test]
    fn the_reason_gives_the_stability_of_the_chosen_rank() {
        let mut scores = curve(1, &[0.5, 0.1, 0.2], 0.001);
        scores[1].stability = Some(0.987);
        let reason = choose(&scores, None).expect("some").reason;
        assert!(
            reason.ends_with(
                "; the similarity of parts from different starts is 0.99 (1 = identical)"
            ),
            "{reason}"
        );
    }
}
