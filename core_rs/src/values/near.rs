//! What somebody may have meant.

/// The name that is written most like this one, if one is near enough for a slip.
pub(crate) fn nearest<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes the product of the lengths.
    const LONGEST_NAME_BYTES: usize = 64;
    if written.len() > LONGEST_NAME_BYTES {
        return None;
    }
    let near =
        names.map(|name| (slips(written, name), name)).filter(|(slips, _)| *slips <= written.len() / 3);
    near.min().map(|(_, name)| name)
}

/// How many letters are to be written, left out or changed to make one of the other, whatever their case.
fn slips(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_and_a_different_word_is_none() {
        let names = || ["Anchored", "Transparency", "Size"].into_iter();
        assert_eq!(Some("Anchored"), nearest("anchord", names()));
        assert_eq!(Some("Transparency"), nearest("Transperancy", names()));
        assert_eq!(None, nearest("Colour", names()));
        assert_eq!(None, nearest(&"a".repeat(100), names()));
    }
}
