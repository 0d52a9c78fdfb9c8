use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{self, process};

/// The window as it is defined: a set and its highest number.
#[derive(Default)]
struct Naive {
    seen: HashSet<u64>,
    top: u64,
}

impl Naive {
    fn offer<L: Layout>(&mut self, number: u64) -> Verdict<u64> {
        if !(L::FIRST..=L::LAST).contains(&number) {
            return Verdict::TooFar;
        }
        self.top = self.top.max(number);
        let next = self.top + 1;
        if self.top - number > L::WINDOW {
            Verdict::TooOld { next }
        } else if self.seen.insert(number) {
            Verdict::Fresh
        } else {
            Verdict::Replayed { next }
        }
    }
}

fn compare<L: Layout>(numbers: impl IntoIterator<Item = u64>) -> Result<(), TestCaseError> {
    let (mut window, mut naive) = (Window::<L>::default(), Naive::default());
    for number in numbers {
        prop_assert_eq!(naive.offer::<L>(number), window.offer(number), "{}", number);
    }
    Ok(())
}

type Table = Stamped<32, 32, 960, 1_049_536>;
/// So small that short runs reach every corner of the ring.
type Tiny = Stamped<4, 2, 6, 40>;

/// Numbers that wander upwards with steps back to both edges of the window.
fn wander(window: u64) -> impl Strategy<Value = Vec<u64>> {
    let step = prop_oneof![
        6 => 0..4_i64,
        2 => 0..i64::try_from(window).unwrap() * 2,
        3 => -i64::try_from(window).unwrap() - 2..=0,
        1 => Just(-i64::try_from(window).unwrap()),
        1 => Just(-i64::try_from(window).unwrap() - 1),
    ];
    prop::collection::vec(step, 1..400).prop_map(|steps| {
        let mut top = 1_u64;
        let numbers = steps.into_iter().map(|step| {
            let number = top.saturating_add_signed(step);
            top = top.max(number);
            number
        });
        numbers.collect()
    })
}

proptest! {
    #[test]
    fn the_table_layout_is_the_set(numbers in wander(960)) {
        compare::<Table>(numbers)?;
    }

    #[test]
    fn the_reference_layout_is_the_set(numbers in wander(960), far in wander(8_128)) {
        compare::<Reference<16>>(numbers)?;
        compare::<Reference<128>>(far)?;
    }

    #[test]
    fn both_layouts_say_the_same(numbers in wander(960)) {
        let (mut table, mut reference) = (Window::<Table>::default(), Window::<Reference<16>>::default());
        for number in numbers.into_iter().filter(|number| (1..=Table::LAST).contains(number)) {
            prop_assert_eq!(reference.offer(number), table.offer(number));
        }
    }

    #[test]
    fn the_edges_of_the_numbers_are_the_set(numbers in prop::collection::vec(1_048_000..1_050_000_u64, 1..300)) {
        compare::<Table>([0, 1].into_iter().chain(numbers))?;
    }
}

#[test]
fn every_sequence_of_five_numbers_is_the_set() {
    let mut numbers = [0; 5];
    for code in 0..16_u64.pow(5) {
        let mut rest = code;
        for number in &mut numbers {
            *number = rest % 16;
            rest /= 16;
        }
        compare::<Tiny>(numbers).unwrap();
    }
}

const PLACE: Place = Place { top: 0, ring: 1, stride: 1 };

fn words_after(numbers: &[u64]) -> Vec<u64> {
    let mut window = Window::<Tiny>::default();
    for number in numbers {
        window.offer(*number);
    }
    window.cells.iter().map(|cell| cell.load(std::sync::atomic::Ordering::SeqCst)).collect()
}

/// What must hold whoever was when where: the offers of `numbers` at once, after `before`.
fn at_most_once_and_none_lost(before: &[u64], numbers: &[u64]) -> usize {
    let offer = |number: u64| {
        process(move |player| match offer::<Tiny, _>(player, PLACE, 0, number) {
            Verdict::Fresh => 1,
            Verdict::Replayed { .. } => 2,
            Verdict::TooOld { .. } => 3,
            Verdict::TooFar | Verdict::Gone | Verdict::Ended => 4,
        })
    };
    let processes: Vec<_> = numbers.iter().copied().map(offer).collect();
    let mut seen = Naive::default();
    for number in before {
        seen.offer::<Tiny>(*number);
    }
    let top = numbers.iter().copied().chain([seen.top]).max().unwrap();
    model::explore(words_after(before), Duration::ZERO, &processes, |ends, _| {
        for number in numbers {
            let ends_of =
                |end: u64| numbers.iter().zip(ends).filter(|(n, e)| *n == number && **e == Some(end)).count();
            let (fresh, replayed, too_old) = (ends_of(1), ends_of(2), ends_of(3));
            assert_eq!(0, ends_of(4), "{before:?} {numbers:?} {ends:?}");
            assert!(
                fresh <= usize::from(!seen.seen.contains(number)),
                "twice: {before:?} {numbers:?} {ends:?}"
            );
            // Refused as seen: it was, or another just spent it.
            assert!(
                replayed == 0 || fresh == 1 || seen.seen.contains(number),
                "lost: {before:?} {numbers:?} {ends:?}"
            );
            // Refused as old: somebody offered one that far above.
            assert!(too_old == 0 || top - number > Tiny::WINDOW, "lost: {before:?} {numbers:?} {ends:?}");
        }
    })
}

#[test]
fn two_at_once_spend_each_number_once_and_lose_none() {
    for before in [&[][..], &[1], &[8], &[7, 9, 1]] {
        for first in 1..=18 {
            for second in first..=18 {
                at_most_once_and_none_lost(before, &[first, second]);
            }
        }
    }
}

#[test]
fn three_at_once_spend_each_number_once_and_lose_none() {
    for numbers in [[5, 5, 5], [5, 5, 13], [5, 6, 13], [5, 12, 13], [1, 9, 17], [4, 5, 4]] {
        at_most_once_and_none_lost(&[2], &numbers);
    }
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_three_at_once_spend_each_number_once_and_lose_none() {
    let mut states = 0;
    for before in [&[][..], &[6]] {
        for first in 1..=14 {
            for second in first..=14 {
                for third in second..=14 {
                    states += at_most_once_and_none_lost(before, &[first, second, third]);
                }
            }
        }
    }
    println!("{states} states");
}

#[test]
fn a_late_offer_to_words_of_another_generation_changes_nothing() {
    let window = Window::<Table>::default();
    clear::<Table, _>(&*window.cells, PLACE, 7);
    let before: Vec<_> =
        window.cells.iter().map(|cell| cell.load(std::sync::atomic::Ordering::SeqCst)).collect();
    for number in [1, 31, 32, 1_000, 1_049_536] {
        assert_eq!(Verdict::Gone, offer::<Table, _>(&*window.cells, PLACE, 6, number));
    }
    let after: Vec<_> =
        window.cells.iter().map(|cell| cell.load(std::sync::atomic::Ordering::SeqCst)).collect();
    assert_eq!(before, after);
}

/// The words are restamped between the reading of the top and that of the ring.
#[test]
fn an_offer_that_meets_a_restamp_half_way_is_gone() {
    let window = Window::<Table>::default();
    clear::<Table, _>(&*window.cells, PLACE, 7);
    window.cells.store(PLACE.top, Table::top_word(6, 0));
    assert_eq!(Verdict::Gone, offer::<Table, _>(&*window.cells, PLACE, 6, 5));
}

#[test]
fn the_highest_number_fits_beside_its_block() {
    let mut window = Window::<Table>::default();
    assert_eq!(Verdict::Fresh, window.offer(Table::LAST));
    assert_eq!(Verdict::Replayed { next: Table::LAST + 1 }, window.offer(Table::LAST));
    assert_eq!(Verdict::TooFar, window.offer(Table::LAST + 1));
    assert_eq!(Verdict::Fresh, window.offer(Table::LAST - Table::WINDOW));
    assert_eq!(Verdict::TooOld { next: Table::LAST + 1 }, window.offer(Table::LAST - Table::WINDOW - 1));
}

#[test]
fn a_window_that_was_ended_takes_no_number_and_one_of_another_session_is_not_ended() {
    let window = Window::<Table>::default();
    clear::<Table, _>(&*window.cells, PLACE, 7);
    assert_eq!(Verdict::Fresh, offer::<Table, _>(&*window.cells, PLACE, 7, 5));
    assert!(!end::<Table, _>(&*window.cells, PLACE, 6));
    assert_eq!(Verdict::Fresh, offer::<Table, _>(&*window.cells, PLACE, 7, 6));
    for _ in 0..2 {
        assert!(end::<Table, _>(&*window.cells, PLACE, 7));
        for number in [1, 5, 7, 1_000, Table::LAST] {
            assert_eq!(Verdict::Ended, offer::<Table, _>(&*window.cells, PLACE, 7, number));
        }
    }
}
