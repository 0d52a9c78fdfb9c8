//! Where in a text a byte stands, asked in the order of the text.

use crate::diagnostic::Place;

/// It only goes forward, so that asking for every value of a long line costs one walk over it.
pub(super) struct Places<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, place: Place { line: 1, column: 1 } }
    }

    /// The place of a byte that is not before the last one asked for.
    pub(super) fn of(&mut self, at: usize) -> Place {
        for character in self.text.get(self.at..at).unwrap_or_default().chars() {
            if character == '\n' {
                self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
            } else {
                self.place.column = self.place.column.saturating_add(1);
            }
        }
        self.at = self.at.max(at);
        self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_characters_are_counted_from_one() {
        let text = "aä\r\n😀b\n";
        let mut places = Places::new(text);
        let asked = [0, 3, 3, 5, 9, 11].map(|at| places.of(at)).map(|it| (it.line, it.column));
        assert_eq!([(1, 1), (1, 3), (1, 3), (2, 1), (2, 2), (3, 1)], asked);
    }
}
