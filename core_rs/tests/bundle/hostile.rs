//! Bundles that somebody made to do harm, or that something damaged: a clear error, and nothing written.

use std::fs;

use _core::bundle::{Bundle, BundleError, NameFault, PackOptions, UnpackOptions, unpack, verify};
use _core::sign::{public_key, sign};
use _core::watch::Watch;

use crate::craft::{Craft, Row, digest, one_chunk, pack, varint};
use crate::folder::{Content, NO_CAP, Place, file, noise, read};

fn unpack_bytes(bytes: Vec<u8>, place: &Place) -> Result<(), BundleError> {
    let bundle = Bundle::from_bytes(bytes, NO_CAP)?;
    unpack(&bundle, &place.at("target"), &UnpackOptions::default(), &Watch::new()).map(|_| ())
}

/// The error of unpacking, which left nothing.
fn refused(what: &str, craft: &Craft) -> BundleError {
    let place = Place::new();
    let error = unpack_bytes(craft.build(), &place).expect_err(what);
    assert!(place.names().is_empty(), "{what} left {:?}", place.names());
    error
}

fn damaged(what: &str, craft: &Craft) {
    let error = refused(what, craft);
    assert!(matches!(error, BundleError::Damaged(_)), "{what}: {error:?}");
}

fn changed(change: impl FnOnce(&mut Craft)) -> Craft {
    let mut craft = Craft::file("file", b"content");
    change(&mut craft);
    craft
}

#[test]
fn the_second_writer_writes_what_the_reader_takes() {
    let place = Place::new();
    unpack_bytes(Craft::file("folder/file", b"content").build(), &place).unwrap();
    assert_eq!(Content::from([("folder/file".to_owned(), file("content"))]), read(&place.at("target")));
}

#[test]
fn paths_never_leave_the_target() {
    for path in [
        "../up",
        "..",
        ".",
        "a/../../up",
        "/etc/passwd",
        "a//b",
        "a/",
        "a\\b",
        "..\\up",
        "C:/x",
        "C:\\x",
        "c:x",
        "\\\\host\\x",
        "a\0b",
        "",
        "NUL",
        "con.txt",
        "a/COM1",
        "a/lpt9.x",
        "a:stream",
        "a.",
        "a ",
        "a\nb",
        "?",
        "a/*",
        &"n".repeat(256),
        &"d/".repeat(513),
    ] {
        let error = refused(path, &Craft::names(&[path]));
        assert!(matches!(error, BundleError::Name { .. } | BundleError::Damaged(_)), "{path:?}: {error:?}");
    }
}

#[test]
fn paths_never_leave_the_target_whatever_names_are_taken() {
    let place = Place::new();
    let options = UnpackOptions { any_name: true, ..UnpackOptions::default() };
    for path in ["../up", "..", ".", "a/../../up", "/etc/passwd", "a//b", "a/", "a\\b", "..\\up", "a\0b", ""]
    {
        let opened = Bundle::from_bytes(Craft::names(&[path]).build(), NO_CAP);
        let result = opened.and_then(|bundle| unpack(&bundle, &place.at("target"), &options, &Watch::new()));
        assert!(result.is_err(), "{path:?}");
        assert!(place.names().is_empty(), "{path:?} left {:?}", place.names());
    }
}

#[test]
fn names_that_meet_on_some_platform_are_refused() {
    for pair in [["A", "a"], ["A/x", "a/y"], ["e\u{301}", "\u{e9}"], ["a", "a/b"]] {
        let error = refused(pair[0], &Craft::names(&pair));
        assert!(
            matches!(&error, BundleError::Name { fault: NameFault::Collision(_) | NameFault::Taken, .. }),
            "{pair:?}: {error:?}"
        );
    }
}

#[test]
fn paths_out_of_order_or_not_utf8_are_refused() {
    damaged("order", &Craft::names(&["b", "a"]));
    damaged("twice", &Craft::names(&["a", "a"]));
    let row = |shared, rest: &[u8]| Row { shared, rest: rest.to_vec(), kind: 0, references: varint(0) };
    let rows = |rows| Craft { rows, ..Craft::names(&[]) };
    damaged("not UTF-8", &rows(vec![row(0, b"\xff")]));
    damaged("half a letter", &rows(vec![row(0, "é".as_bytes()), row(1, b"\xff")]));
    damaged("shares what is not there", &rows(vec![row(1, b"a")]));
    damaged("shares less than it could", &rows(vec![row(0, b"aa"), row(0, b"ab")]));
    damaged("kind", &changed(|craft| craft.rows[0].kind = 3));
    damaged("folder with content", &changed(|craft| craft.rows[0].kind = 2));
}

#[test]
fn declared_sizes_are_capped_before_anything_is_written() {
    // One chunk of zeros, named by a file as often as the format allows: 512 GB out of a few kilobytes.
    let chunk = vec![0; 256 * 1024];
    let mut craft = Craft::file("bomb", &chunk);
    let mentions = 1_999_999;
    craft.rows[0].references = [
        varint(mentions + 1),
        varint(0),
        varint(chunk.len() as u64),
        vec![1; usize::try_from(mentions).unwrap()],
    ]
    .concat();
    let bytes = craft.build();
    assert!(bytes.len() < 4_000);
    let error = Bundle::from_bytes(bytes, _core::bundle::DEFAULT_MOST_UNPACKED_BYTES).unwrap_err();
    assert!(matches!(error, BundleError::TooLarge { .. }), "{error:?}");
}

#[test]
fn counts_and_lengths_are_capped() {
    let manifest = |bytes: Vec<Vec<u8>>| changed(|craft| craft.manifest = Some(bytes.concat()));
    damaged("entries above the cap", &manifest(vec![vec![1], varint(500_001), vec![0; 3_000_000]]));
    damaged("entries that are not there", &manifest(vec![vec![1], varint(400_000)]));
    damaged("entries without end", &manifest(vec![vec![1], varint(u64::MAX)]));
    damaged(
        "a path without end",
        &manifest(vec![vec![1], varint(1), varint(0), varint(1 << 40), vec![0; 9]]),
    );
    damaged("an odd spelling", &manifest(vec![vec![1], vec![0x80, 0x00]]));
    damaged("too long a chunk", &changed(|craft| craft.rows[0].references = one_chunk(256 * 1024 + 1)));
    damaged("an empty chunk", &changed(|craft| craft.rows[0].references = one_chunk(0)));
    damaged(
        "a chunk that was not there",
        &changed(|craft| craft.rows[0].references = [varint(1), varint(1)].concat()),
    );
    damaged("bytes after the end", &changed(|craft| craft.digests.push([0; 32])));
    damaged("no digests", &changed(|craft| craft.digests.clear()));
    for lengths in [[u32::MAX; 3], [60, 64 << 20, 1], [60, u32::MAX, u32::MAX], [0, 0, 0]] {
        damaged("lengths", &changed(|craft| craft.lengths = Some(lengths)));
    }
    let error = refused("a later manifest", &manifest(vec![vec![2], varint(0)]));
    assert!(matches!(error, BundleError::NewerFormat(2)), "{error:?}");
}

#[test]
fn many_deep_paths_are_capped_in_memory_too() {
    // Every path shares nearly everything with the one before, so a short manifest tells of very long paths.
    let mut rows =
        vec![Row { shared: 0, rest: "a/".repeat(510).into_bytes(), kind: 2, references: Vec::new() }];
    rows[0].rest.pop();
    for number in 0..70_000_u32 {
        let rest = [
            &number.to_be_bytes().map(|byte| b'b' + byte / 16)[..],
            &number.to_be_bytes().map(|byte| b'b' + byte % 16),
        ]
        .concat();
        rows.push(Row { shared: 1_011, rest, kind: 2, references: Vec::new() });
    }
    rows.sort_by(|a, b| a.rest.cmp(&b.rest));
    let craft = Craft { rows, ..Craft::names(&[]) };
    let error = refused("deep paths", &craft);
    assert!(matches!(error, BundleError::Damaged(_) | BundleError::Name { .. }), "{error:?}");
}

#[test]
fn packs_hold_what_the_index_says() {
    damaged("other content", &changed(|craft| craft.packs[0].0 = pack(b"CONTENT")));
    damaged("longer content", &changed(|craft| craft.packs[0].0 = pack(b"content and more")));
    damaged("shorter content", &changed(|craft| craft.packs[0].0 = pack(b"cont")));
    damaged("no zstd", &changed(|craft| craft.packs[0].0 = b"content".to_vec()));
    damaged("an empty pack", &changed(|craft| craft.packs.push((pack(b""), Vec::new()))));
    damaged("a pack without bytes", &changed(|craft| craft.packs[0].0.clear()));
    damaged("a chunk twice", &changed(|craft| craft.packs[0].1 = vec![0, -1]));
    damaged("a chunk that is not there", &changed(|craft| craft.packs[0].1 = vec![1]));
    damaged("a chunk before the first", &changed(|craft| craft.packs[0].1 = vec![-1]));
    damaged("a chunk beyond all numbers", &changed(|craft| craft.packs[0].1 = vec![i64::MAX]));
    damaged("no packs", &changed(|craft| craft.packs.clear()));
    let bomb = pack(&vec![0; 64 << 20]);
    damaged("a pack that decompresses to more", &changed(|craft| craft.packs[0].0 = bomb.clone()));
    damaged("two frames", &changed(|craft| craft.packs[0].0 = [pack(b"content"), bomb.clone()].concat()));
    let chunks: Vec<_> = (0..17).map(|seed| noise(seed, 256 * 1024)).collect();
    damaged(
        "a pack of 4.25 MiB",
        &changed(|craft| {
            let references = (0..17).flat_map(|_| [varint(0), varint(256 * 1024)].concat());
            craft.rows[0].references = varint(17).into_iter().chain(references).collect();
            craft.digests = chunks.iter().map(|chunk| digest(chunk)).collect();
            craft.packs = vec![(pack(&chunks.concat()), vec![0; 17])];
        }),
    );
}

#[test]
fn the_index_is_what_the_footer_says() {
    damaged("a bomb", &changed(|craft| craft.stored_index = Some(pack(&vec![0; 70 << 20]))));
    damaged("no zstd", &changed(|craft| craft.stored_index = Some(b"index".to_vec())));
    damaged("another name", &changed(|craft| craft.name = Some([1; 32])));
    for flags in [[4, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]] {
        damaged("flags", &changed(|craft| craft.flags = Some(flags)));
    }
    damaged(
        "a base without its flag",
        &changed(|craft| {
            craft.base = Some([1; 32]);
            craft.flags = Some([0; 4]);
        }),
    );
    damaged(
        "a layout with more after it",
        &changed(|craft| craft.layout = Some([varint(0), vec![0]].concat())),
    );
    let twice = Craft::file("a", b"content");
    damaged(
        "one chunk under two numbers",
        &Craft {
            rows: vec![
                twice.rows[0].clone(),
                Row { shared: 0, rest: b"b".to_vec(), ..twice.rows[0].clone() },
            ],
            digests: vec![digest(b"content"); 2],
            packs: vec![(pack(b"contentcontent"), vec![0, 0])],
            ..twice
        },
    );
}

#[test]
fn a_signature_of_something_else_is_refused_whether_or_not_somebody_asks() {
    let place = Place::new();
    unpack_bytes(changed(|craft| craft.seed = Some([7; 32])).build(), &place).unwrap();
    let honest = [&public_key(&[7; 32])[..], &sign(&[7; 32], b"something else")].concat();
    for signature in [honest.try_into().unwrap(), [0; 96], [0xff; 96]] {
        damaged("signature", &changed(|craft| craft.signature = Some(signature)));
    }
}

#[test]
fn a_base_that_lies_about_a_chunk_is_found_out() {
    let place = Place::new();
    let changes = changed(|craft| {
        craft.packs.clear();
        craft.base = Some([1; 32]);
    });
    let changes = Bundle::from_bytes(changes.build(), NO_CAP).unwrap();
    // The base claims to have the chunk, under another length and with other content.
    for content in [&b"CONTENT"[..], b"cont"] {
        let mut base = Craft::file("file", content);
        base.digests = vec![digest(b"content")];
        let base = Bundle::from_bytes(base.build(), NO_CAP).unwrap();
        let error = place.unpack(&changes, &[&base], "target").unwrap_err();
        assert!(matches!(error, BundleError::Damaged(_) | BundleError::BaseMissing { .. }), "{error:?}");
        assert!(place.names().is_empty());
    }
}

#[test]
fn what_is_not_a_bundle_says_so() {
    for bytes in [&b""[..], b"TBXBNDL", &[0; 400], b"PK\x03\x04"] {
        let error = Bundle::from_bytes(bytes.to_vec(), NO_CAP).unwrap_err();
        assert!(matches!(error, BundleError::NotABundle), "{error:?}");
    }
    let mut later = Craft::file("file", b"content").build();
    later[7] = 2;
    assert!(matches!(Bundle::from_bytes(later, NO_CAP).unwrap_err(), BundleError::NewerFormat(2)));
    let place = Place::new();
    assert!(matches!(Bundle::open(&place.at("none"), NO_CAP), Err(BundleError::Hashing(_))));
    assert!(matches!(Bundle::open(&place.at(""), NO_CAP), Err(BundleError::Hashing(_))), "a folder");
    fs::write(place.at("other"), [0; 400]).unwrap();
    let error = Bundle::open(&place.at("other"), NO_CAP).unwrap_err().to_string();
    assert!(error.ends_with("other: this is not a bundle: it does not begin like one"), "{error}");
}

/// A small bundle with every part: two packs, a signature, a repeated chunk, an empty folder.
fn small() -> (Place, Vec<u8>, Content) {
    let content = Content::from([
        ("a.txt".to_owned(), file("one")),
        ("b/c.txt".to_owned(), file("one")),
        ("b/d".to_owned(), Some((b"two".to_vec(), cfg!(unix)))),
        ("empty".to_owned(), None),
    ]);
    let place = Place::new();
    place.pack(&content, "bundle", PackOptions { seed: Some(&[7; 32]), ..PackOptions::default() });
    let bytes = fs::read(place.at("bundle")).unwrap();
    (Place::new(), bytes, content)
}

#[test]
fn every_flipped_bit_is_seen_and_leaves_nothing() {
    let (place, bytes, content) = small();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let result = unpack_bytes(flipped, &place);
        assert!(result.is_err(), "bit {} of byte {} of {}", bit % 8, bit / 8, bytes.len());
        assert!(place.names().is_empty(), "bit {bit} left {:?}", place.names());
    }
    unpack_bytes(bytes, &place).unwrap();
    assert!(content == read(&place.at("target")));
}

#[test]
fn every_truncation_is_seen_and_leaves_nothing() {
    let (place, bytes, _) = small();
    for length in 0..bytes.len() {
        assert!(unpack_bytes(bytes[..length].to_vec(), &place).is_err(), "length {length}");
        assert!(unpack_bytes(bytes[bytes.len() - length..].to_vec(), &place).is_err(), "last {length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(unpack_bytes(longer, &place).is_err());
    let mut inserted = bytes;
    inserted.insert(8, 0);
    assert!(unpack_bytes(inserted, &place).is_err());
    assert!(place.names().is_empty());
}

#[test]
fn a_pack_damaged_on_the_disk_is_seen_by_verifying_and_leaves_nothing_when_unpacked() {
    let place = Place::new();
    place.pack(&crate::folder::sample(), "bundle", PackOptions::default());
    let mut bytes = fs::read(place.at("bundle")).unwrap();
    bytes[3_000_000] ^= 1;
    fs::write(place.at("bundle"), bytes).unwrap();
    let bundle = place.open("bundle");
    for result in [
        verify(&bundle, &UnpackOptions::default(), &Watch::new()).map(|_| ()),
        place.unpack(&bundle, &[], "target").map(|_| ()),
    ] {
        let error = result.unwrap_err();
        assert!(
            matches!(&error, BundleError::In { error, .. } if matches!(**error, BundleError::Damaged(_)))
        );
        assert!(
            error.to_string().ends_with("bundle: the bundle is damaged: pack 1 of 2 is not what it was"),
            "{error}"
        );
    }
    assert_eq!(["bundle", "bundle.folder"], place.names()[..]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_target_is_not_followed() {
    let place = Place::new();
    fs::create_dir(place.at("elsewhere")).unwrap();
    std::os::unix::fs::symlink(place.at("elsewhere"), place.at("target")).unwrap();
    let result = unpack_bytes(Craft::file("file", b"content").build(), &place);
    assert!(matches!(result, Err(BundleError::TargetExists(_))), "{result:?}");
    assert!(read(&place.at("elsewhere")).is_empty());
}
