use super::*;

fn learning(rank: u64) -> Workload {
    Workload {
        keeps_checkpoints: true,
        pictures: 12,
        ..Workload::new(Task::Learn, rank, 2)
    }
}

fn bytes(images: u64, pixels: u64) -> SetSize {
    SetSize {
        images,
        whole_images: images,
        pixels,
        value_bytes: 1,
        stored_bytes: 1,
        reading_copies: 1,
        decoding: 0,
        waiting: 0,
        is_masked: false,
    }
}

#[test]
fn few_large_images_fill_a_panel_of_64() {
    let photographs = bytes(4, 12_000_000);
    // 64 rows of pixels, and pixels in panels of 64 with 4 columns.
    assert_eq!(photographs.panel_bytes(), (64 + 4) * 12_000_000);
    let needed = learning(2).needed(&photographs, Held::InMemory);
    assert!(needed > 816_000_000 + 3 * 96_000_000, "{needed}");
}

#[test]
fn weights_of_a_million_images_are_held_four_times_and_pixels_stay_in_the_file() {
    let million = bytes(1_000_000, 784);
    let weights = 1_000_000 * 49 * 4;
    let needed = learning(49).needed(&million, Held::InFile);
    assert!(
        (4 * weights..5 * weights + 100_000_000).contains(&needed),
        "{needed}"
    );
    let in_memory = learning(49).needed(&million, Held::InMemory);
    assert!(in_memory > needed + 2 * 784_000_000, "{in_memory}");
}

/// A search over ranks up to `rank`, from three starts each.
fn searching(rank: u64, budget: u64) -> Workload {
    Workload {
        kept_models: 3,
        budget,
        most: budget,
        ..Workload::new(Task::Ranks, rank, 2)
    }
}

/// The images on which ranks are tried are no share of several processes, whose factors would be gathered by every thread.
#[test]
fn ranks_are_tried_on_a_part_alone() {
    let set = bytes(3_000_000, 64);
    let search = Workload {
        threads: 16,
        ..searching(20, 4_000_000_000)
    };
    // 192 MB of pixels, twice and in panels, two factors of 240 MB in three copies and more.
    let needed = search.needed(&set, Held::InMemory);
    assert!(needed < 2_500_000_000, "{needed}");
    assert_eq!(search.room(&set), 3_000_000);
}

#[test]
fn ranks_are_tried_within_the_budget_that_they_name() {
    for (rank, images, pixels) in [
        (1, 1_000_000, 784),
        (20, 1_000_000, 784),
        (60, 1_000_000, 784),
        (20, 3_000_000, 64),
        (20, 9000, 1_000_000),
    ] {
        let set = bytes(images, pixels);
        let named = searching(rank, 0).needed(&set, Held::InFile);
        for budget in [named, named + 1, 2 * named, 10 * named] {
            let needed = searching(rank, budget).needed(&set, Held::InFile);
            assert!(
                needed <= budget,
                "{rank}, {images}, {pixels}: {needed} > {budget}"
            );
        }
    }
    let million = bytes(1_000_000, 784);
    let gigabyte = searching(20, 1_000_000_000);
    let room = gigabyte.room(&million);
    // Pixels thrice, in rows and in panels of both kinds, W at least three times.
    let least = 3 * 784 + 3 * 20 * 4;
    assert!((100_000..1_000_000_000 / least).contains(&room), "{room}");
    assert_eq!(searching(20, u64::MAX).room(&million), 1_000_000);
    assert_eq!(searching(20, 0).room(&million), 20);
    assert_eq!(searching(1, 0).room(&million), 2);
}

#[test]
fn models_of_all_starts_are_held_while_ranks_are_tried() {
    let set = bytes(2000, 4096);
    let of_starts = |kept_models| {
        Workload {
            kept_models,
            ..searching(20, u64::MAX)
        }
        .needed(&set, Held::InMemory)
    };
    // W and H of 96 starts more.
    assert_eq!(
        of_starts(1096) - of_starts(1000),
        96 * (2000 + 4096) * 20 * 4
    );
}

#[test]
fn the_parts_of_all_starts_are_held_as_long_as_they_are_needed() {
    // Far more pixels than images.
    let set = bytes(64, 1_000_000);
    let of_starts = |starts, written_starts| {
        Workload {
            starts,
            written_starts,
            ..Workload::new(Task::Learn, 10, 2)
        }
        .needed(&set, Held::InMemory)
    };
    let parts = 1_000_000 * 10 * 4;
    assert_eq!(of_starts(110, 0) - of_starts(100, 0), 10 * parts);
    assert_eq!(of_starts(110, 110) - of_starts(100, 100), 30 * parts);
}

#[test]
fn the_parts_of_each_rule_are_drawn_beside_them() {
    // Far more pixels than images, and a rank beyond them: models exceed all else.
    let set = bytes(64, 1_000_000);
    let of_rules = |kept_models| {
        Workload {
            kept_models,
            ..Workload::new(Task::Compare, 60, 2)
        }
        .needed(&set, Held::InMemory)
    };
    // W, H and the parts as they are drawn, for each of 10 rules more.
    assert_eq!(
        of_rules(110) - of_rules(100),
        10 * (64 + 2 * 1_000_000) * 60 * 4
    );
}

#[test]
fn scores_are_clustered_beside_the_pixels_that_they_are_of() {
    let set = bytes(1_000_000, 16);
    let run = Workload::new(Task::Compare, 16, 1);
    // The pixels; scores four times; eigenimages; prototypes; squares and six draws of each image.
    let clustering = 16_000_000 + 4 * 64_000_000 + 1024 + 56 * 16 * 64 + 168_000_000;
    assert_eq!(run.clustering_scores(&set, Held::InMemory), clustering);
    assert!(run.needed(&set, Held::InMemory) > clustering);
}

#[test]
fn hashes_of_all_images_are_held_while_copies_are_counted() {
    let needed = |images| Workload::new(Task::Pack, 1, 1).reading(&bytes(images, 1), Held::InFile);
    // Two hashes and an index of 8 bytes each, and once more while they are collected.
    assert_eq!(needed(20_000_000) - needed(10_000_000), 10_000_000 * 2 * 24);
}

#[test]
fn more_of_anything_needs_more() {
    let few = learning(16).needed(&bytes(60_000, 784), Held::InMemory);
    for (rank, images, pixels) in [(49, 60_000, 784), (16, 70_000, 784), (16, 60_000, 1024)] {
        let more = learning(rank).needed(&bytes(images, pixels), Held::InMemory);
        assert!(more > few, "{rank}, {images}, {pixels}: {more} <= {few}");
    }
    let masked = SetSize {
        is_masked: true,
        ..bytes(60_000, 784)
    };
    assert!(learning(16).needed(&masked, Held::InMemory) > few);
}

#[test]
fn a_rank_beyond_all_images_counts_as_their_number() {
    let size = bytes(40, 256);
    let most = learning(40).needed(&size, Held::InMemory);
    assert_eq!(learning(u64::MAX).needed(&size, Held::InMemory), most);
}

#[test]
fn clean_images_are_held_beside_noisy_ones() {
    let million = bytes(1_000_000, 784);
    let noisy = Workload {
        clean_copies: 1,
        ..learning(4)
    };
    let [without, with] = [learning(4), noisy].map(|run| run.needed(&million, Held::InMemory));
    assert!(with >= without + 784_000_000, "{with}, {without}");
}

#[test]
fn a_given_start_is_held_beside_the_factors() {
    let million = bytes(1_000_000, 784);
    let given = Workload {
        start_copies: 5,
        ..learning(4)
    };
    let [without, with] = [learning(4), given].map(|run| run.needed(&million, Held::InMemory));
    assert_eq!(with, without + 5 * 4 * 4 * (1_000_000 + 784));
}

#[test]
fn fixed_parts_are_held_beside_all_parts() {
    let large = bytes(100, 1_000_000);
    let fixed = Workload {
        has_fixed_parts: true,
        ..learning(4)
    };
    let [without, with] = [learning(4), fixed].map(|run| run.needed(&large, Held::InMemory));
    // Up to three parts, as read, in the settings, in those of a start, and scaled.
    assert!(with >= without + 4 * 3 * 4_000_000, "{with}, {without}");
}

#[test]
fn weights_scale_pixels_as_floats_beside_their_bytes() {
    let large = bytes(1000, 100_000);
    let weighted = Workload {
        has_weights: true,
        ..learning(4)
    };
    let [without, with] = [learning(4), weighted].map(|run| run.needed(&large, Held::InMemory));
    // Panels of both kinds as floats in place of bytes, and a scaled copy of the images.
    assert!(
        with >= without + (2 * 3 + 4) * 100_000_000,
        "{with}, {without}"
    );
    let [without, with] = [learning(4), weighted].map(|run| run.needed(&large, Held::InFile));
    assert!(with > without, "{with}, {without}");
}

#[test]
fn the_ladder_is_fitted_at_ranks_of_its_own() {
    let million = bytes(1_000_000, 784);
    let run = learning(4);
    let with_ladder = Workload {
        ladder: Some(LadderSize::USUAL),
        ..run
    };
    let [without, with] = [run, with_ladder].map(|run| run.needed(&million, Held::InFile));
    // W of 49 parts instead of 4, with its extrapolated values.
    assert!(with > without + 2 * 45 * 4_000_000, "{with}, {without}");
    let search = searching(4, u64::MAX);
    assert!(search.has_room_for_ladder(&million));
    let least = search.needed(&million, Held::InMemory);
    let tight = Workload {
        most: least,
        ..search
    };
    assert!(!tight.has_room_for_ladder(&million), "{least}");
}
