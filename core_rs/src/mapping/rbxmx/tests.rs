use base64::Engine as _;
use rbx_dom_weak::types::{Ref, Variant};

use super::*;
use crate::mapping::Kind;
use crate::mapping::testing::{code, file};

fn model(inside: &str) -> String {
    format!("<roblox version=\"4\">{inside}</roblox>")
}

fn message(text: &str) -> String {
    let (node, found) = file(Kind::Rbxmx, text.as_bytes());
    assert_eq!((None, 1), (node, found.len()), "{found:?}");
    found[0].message.clone()
}

#[test]
fn a_model_is_called_by_its_file_and_keeps_what_points_within_it() {
    let text = model(
        r#"<Item class="ObjectValue" referent="0"><Properties>
            <string name="Name">Other</string><Ref name="Value">1</Ref><string name="New">n</string>
        </Properties><Item class="Folder" referent="1"><Properties><string name="Name">Child</string></Properties></Item></Item>"#,
    );
    let (node, found) = file(Kind::Rbxmx, text.as_bytes());
    assert_eq!(Vec::<Diagnostic>::new(), found);
    let node = node.unwrap();
    assert_eq!(("it", "ObjectValue"), (&*node.name, node.class.as_str()));
    assert_eq!("Child", &*node.children[0].name);
    assert_ne!(Ref::none(), node.children[0].referent);
    assert_eq!(Some(&Variant::Ref(node.children[0].referent)), node.get("Value"));
    assert_eq!(Some(&Variant::String("n".into())), node.get("New"), "a property that is not known is kept");
}

#[test]
fn a_model_has_one_instance_at_its_top() {
    let item = "<Item class=\"Folder\" referent=\"0\"/>";
    assert_eq!("not-one-instance", code(Kind::Rbxmx, model("").as_bytes()));
    assert_eq!("not-one-instance", code(Kind::Rbxmx, model(&item.repeat(2)).as_bytes()));
    assert!(file(Kind::Rbxmx, model(item).as_bytes()).0.is_some());
}

#[test]
fn a_tree_is_read_to_a_depth_and_no_deeper() {
    let chain =
        |length| model(&format!("{}{}", "<Item class=\"Folder\">".repeat(length), "</Item>".repeat(length)));
    assert!(file(Kind::Rbxmx, chain(dom::MOST_DEPTH).as_bytes()).0.is_some());
    assert_eq!("too-deep", code(Kind::Rbxmx, chain(dom::MOST_DEPTH + 1).as_bytes()));
    assert_eq!("too-deep", code(Kind::Rbxmx, chain(200_000).as_bytes()));
}

#[test]
fn attributes_that_lie_are_refused() {
    let value = STANDARD.encode(b"\x01\0\0\0\x01\0\0\0a\x19\xff\xff\0\0");
    for name in ["AttributesSerialize", "&#65;ttributesSerialize"] {
        let text = model(&format!(
            "<Item class=\"Folder\"><Properties><BinaryString name=\"{name}\"><![CDATA[{}]]>{}</BinaryString>\
             </Properties></Item>",
            &value[..8],
            &value[8..],
        ));
        assert_eq!("attributes are longer than what holds them", message(&text));
    }
}

#[test]
fn tags_that_all_instances_copy_are_weighed() {
    let item =
        "<Item class=\"Folder\"><Properties><SharedString name=\"Tags\">a</SharedString></Properties></Item>";
    let shared = format!(
        "<SharedStrings><SharedString md5=\"a\">{}</SharedString></SharedStrings>",
        "YWFh".repeat(250_000)
    );
    let text = model(&format!("{}{shared}", item.repeat(100)));
    assert!(message(&text).starts_with("the tags of the model take more than "));
}

#[test]
fn what_names_texts_that_stand_for_longer_ones_is_refused() {
    let text = format!("<!DOCTYPE r [<!ENTITY a \"{}\">]>{}", "a".repeat(1_000), model("&a;&a;"));
    assert_eq!("a model has no DOCTYPE", message(&text));
}

#[test]
fn what_is_no_model_is_told_at_its_place() {
    let (_, found) = file(Kind::Rbxmx, b"<roblox version=\"4\">\n  <Item");
    assert_eq!(("malformed-model", 2), (found[0].code, found[0].place.unwrap().line));
    for wrong in
        ["", "<a/>", "<roblox/>", "<roblox version=\"3\"/>", "<roblox version=\"4\"><Item/></roblox>"]
    {
        assert_eq!("malformed-model", code(Kind::Rbxmx, wrong.as_bytes()), "{wrong:?}");
    }
}
