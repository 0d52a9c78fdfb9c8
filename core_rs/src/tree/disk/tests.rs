//! Real folders and files.

use super::*;

fn folder() -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    (place, folder)
}

#[test]
fn names_are_listed_in_the_order_of_their_bytes_with_what_they_are() {
    let (place, folder) = folder();
    for name in ["b", "a", "Z", "ä"] {
        fs::write(place.path().join(name), "").unwrap();
    }
    fs::create_dir(place.path().join("c")).unwrap();
    let names: Vec<_> = folder.list().unwrap().into_iter().map(|entry| (entry.name, entry.sort)).collect();
    let expected =
        [("Z", Sort::File), ("a", Sort::File), ("b", Sort::File), ("c", Sort::Folder), ("ä", Sort::File)];
    assert_eq!(expected.map(|(name, sort)| (OsString::from(name), sort))[..], names);
}

#[test]
fn a_file_is_read_whole_up_to_the_cap() {
    let (place, folder) = folder();
    let mut bytes = b"old".to_vec();
    for content in ["", "a", "twelve bytes"] {
        fs::write(place.path().join("it"), content).unwrap();
        let stamp = folder.read(OsStr::new("it"), 12, &mut bytes).unwrap();
        assert_eq!((content.as_bytes(), content.len() as u64), (&bytes[..], stamp.size));
    }
    let read = folder.read(OsStr::new("it"), 11, &mut bytes);
    assert!(matches!(read, Err(NotRead::TooLarge(12))), "{read:?}");
}

#[test]
fn what_is_no_file_is_not_read() {
    let (place, folder) = folder();
    let mut bytes = Vec::new();
    fs::create_dir(place.path().join("folder")).unwrap();
    assert!(folder.read(OsStr::new("folder"), 9, &mut bytes).is_err());
    assert!(
        matches!(folder.read(OsStr::new("none"), 9, &mut bytes), Err(NotRead::Io(error)) if is_nothing(&error))
    );
    #[cfg(unix)]
    {
        crate::held::make_pipe(&place.path().join("pipe"));
        assert!(matches!(folder.read(OsStr::new("pipe"), 9, &mut bytes), Err(NotRead::NotAFile)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_says_it_is_empty_may_have_bytes() {
    let mut bytes = Vec::new();
    let folder = Folder::open(Path::new("/proc/self")).unwrap();
    folder.read(OsStr::new("stat"), 9_999, &mut bytes).unwrap();

    assert!(bytes.len() > 10);
}

#[test]
fn dots_leave_a_path_as_they_are_written() {
    for (expected, path) in [("/a/c", "/a/./b/../c"), ("/c", "/../c"), ("../a", "../a"), ("/a", "/a/")] {
        assert_eq!(Path::new(expected), plain(Path::new(path)), "{path}");
    }
}
