//! The published numbered cases of the window: all of them on the layout of RFC 6479, at both sizes, and on
//! the table's layout those within the numbers of a session.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a test, outside of what clippy takes for one"
)]

use std::fs;
use std::path::Path;

use _core::replay::TableLayout;
use _core::replay::window::{Layout, Reference, Verdict, Window};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    numbered: Vec<Case>,
    bulk: Vec<Bulk>,
}

#[derive(Deserialize)]
struct Case {
    n: String,
    fresh: bool,
}

#[derive(Deserialize)]
struct Bulk {
    name: String,
    steps: Vec<Step>,
}

/// `["range", from, to]` or `["n", number, fresh]`.
#[derive(Deserialize)]
struct Step(String, serde_json::Value, serde_json::Value);

fn read() -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract/sequence-window.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// `W`, `T`, `R`, numbers, `+ - *` and brackets, with the usual precedence.
struct Formula<'a> {
    rest: &'a [u8],
    window: u64,
}

impl Formula<'_> {
    fn value(text: &str, window: u64) -> u64 {
        let mut formula = Formula { rest: text.as_bytes(), window };
        let value = formula.sum();
        assert!(formula.rest.is_empty(), "{text}");
        value.try_into().unwrap()
    }

    fn sum(&mut self) -> i128 {
        let mut value = self.product();
        while let [sign @ (b'+' | b'-'), rest @ ..] = self.rest {
            self.rest = rest;
            let right = self.product();
            value += if *sign == b'+' { right } else { -right };
        }
        value
    }

    fn product(&mut self) -> i128 {
        let mut value = self.atom();
        while let [b'*', rest @ ..] = self.rest {
            self.rest = rest;
            value *= self.atom();
        }
        value
    }

    fn atom(&mut self) -> i128 {
        let (first, rest) = self.rest.split_first().unwrap();
        self.rest = rest;
        match first {
            b'W' => self.window.into(),
            b'T' => i128::from(self.window) + 1,
            b'R' => (1 << 64) - (1 << 13) - 1,
            b'(' => {
                let value = self.sum();
                assert_eq!(Some(b")".as_slice()), self.rest.get(..1));
                self.rest = &self.rest[1..];
                value
            }
            digit => {
                let mut value = i128::from(digit - b'0');
                while let [digit @ b'0'..=b'9', rest @ ..] = self.rest {
                    self.rest = rest;
                    value = value * 10 + i128::from(digit - b'0');
                }
                value
            }
        }
    }
}

/// Run every case whose number is one of the layout; how many there were.
fn run<L: Layout>() -> usize {
    let file = read();
    let (mut window, mut ran) = (Window::<L>::default(), 0);
    for case in &file.numbered {
        let number = Formula::value(&case.n, L::WINDOW);
        if L::FIRST == 0 || (L::FIRST..=L::LAST).contains(&number) {
            assert_eq!(case.fresh, window.offer(number) == Verdict::Fresh, "{}", case.n);
            ran += 1;
        }
    }
    for bulk in &file.bulk {
        let mut window = Window::<L>::default();
        for Step(kind, first, second) in &bulk.steps {
            let value =
                |text: &serde_json::Value| Formula::value(text.to_string().trim_matches('"'), L::WINDOW);
            match kind.as_str() {
                "range" => {
                    let (from, to) = (value(first), value(second));
                    let upwards = (from..=to).chain((to..=from).rev().skip(usize::from(from == to)));
                    for number in upwards {
                        assert_eq!(Verdict::Fresh, window.offer(number), "{}: {number}", bulk.name);
                    }
                }
                _ if L::FIRST <= value(first) => {
                    let fresh = second.as_bool().unwrap();
                    assert_eq!(fresh, window.offer(value(first)) == Verdict::Fresh, "{}: {first}", bulk.name);
                }
                _ => {}
            }
        }
    }
    ran
}

#[test]
fn the_layout_of_rfc_6479_passes_all_cases_at_both_sizes() {
    assert_eq!((960, 8_128), (Reference::<16>::WINDOW, Reference::<128>::WINDOW));
    assert_eq!([34, 34], [run::<Reference<16>>(), run::<Reference<128>>()]);
}

#[test]
fn the_layout_of_the_table_passes_those_within_its_numbers() {
    assert_eq!(960, TableLayout::WINDOW);
    assert_eq!(22, run::<TableLayout>());
}
