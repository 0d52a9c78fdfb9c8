use std::path::Path;

use rbx_dom_weak::types::{
    Attributes, CFrame, Color3, Color3uint8, Content, Enum, Font, FontStyle, FontWeight, MaterialColors,
    Matrix3, Tags, TerrainMaterials, UDim, Variant, Vector2, Vector3,
};

use super::{WrongValue, resolve, resolve_attribute};
use crate::diagnostic::Place;
use crate::jsonc;

fn read(class: &str, property: &str, text: &str) -> Result<Variant, WrongValue> {
    resolve(class, property, &jsonc::parse(text.as_bytes(), Path::new("it.json")).unwrap())
}

fn attribute(text: &str) -> Result<Variant, WrongValue> {
    resolve_attribute(&jsonc::parse(text.as_bytes(), Path::new("it.json")).unwrap())
}

fn message(read: Result<Variant, WrongValue>) -> (String, String) {
    let wrong = read.unwrap_err();
    (wrong.message, wrong.help)
}

#[test]
fn a_number_is_what_the_property_holds() {
    assert_eq!(Ok(Variant::Float32(0.5)), read("Part", "Transparency", "0.5"));
    assert_eq!(Ok(Variant::Float64(1.0)), read("NumberValue", "Value", "1"));
    assert_eq!(Ok(Variant::Int32(12)), read("Part", "CollisionGroupId", "12.9"));
    assert_eq!(Ok(Variant::Int32(i32::MAX)), read("Part", "CollisionGroupId", "1e20"));
    assert_eq!(Ok(Variant::Int64(532_413)), read("IntValue", "Value", "532413"));
}

#[test]
fn truth_and_texts_are_what_they_are_also_for_inherited_properties() {
    assert_eq!(Ok(Variant::Bool(true)), read("Script", "Disabled", "true"));
    assert_eq!(Ok(Variant::String("it".into())), read("StringValue", "Value", "\"it\""));
}

#[test]
fn a_text_may_name_an_asset() {
    let asset = "\"rbxassetid://1\"";
    assert_eq!(Ok(Variant::ContentId("rbxassetid://1".into())), read("Sky", "MoonTextureId", asset));
    assert_eq!(Ok(Content::from("rbxassetid://1").into()), read("MeshPart", "MeshContent", asset));
}

#[test]
fn lists_of_numbers_are_vectors_colours_and_frames() {
    assert_eq!(Ok(Vector2::new(1.0, 2.0).into()), read("ParticleEmitter", "SpreadAngle", "[1, 2]"));
    assert_eq!(Ok(Vector3::new(4.0, 5.0, 6.0).into()), read("Part", "Position", "[4, 5, 6]"));
    assert_eq!(Ok(Color3::new(1.0, 0.5, 0.0).into()), read("Part", "Color", "[1, 0.5, 0]"));
    let turn =
        Matrix3::new(Vector3::new(0.0, 1.0, 0.0), Vector3::new(0.0, 0.0, 1.0), Vector3::new(1.0, 0.0, 0.0));
    assert_eq!(
        Ok(CFrame::new(Vector3::new(1.0, 2.0, 3.0), turn).into()),
        read("Part", "CFrame", "[1,2,3, 0,1,0, 0,0,1, 1,0,0]")
    );
}

#[test]
fn enums_tags_fonts_and_the_rest_have_forms_of_their_own() {
    assert_eq!(Ok(Enum::from_u32(1).into()), read("Lighting", "Technology", "\"Voxel\""));
    assert_eq!(Ok(Tags::from(vec!["a".to_owned()]).into()), read("Folder", "Tags", "[\"a\"]"));
    assert_eq!(Ok(Tags::new().into()), read("Folder", "Tags", "[]"));
    let font = r#"{"family": "f", "weight": "Thin", "style": "Italic"}"#;
    assert_eq!(
        Ok(Font::new("f", FontWeight::Thin, FontStyle::Italic).into()),
        read("TextLabel", "FontFace", font)
    );
    let mut colours = MaterialColors::new();
    colours.set_color(TerrainMaterials::Grass, Color3uint8::new(10, 20, 30));
    assert_eq!(Ok(colours.into()), read("Terrain", "MaterialColors", r#"{"Grass": [10, 20, 30]}"#));
    let attributes = Attributes::new().with("Bool", UDim::new(0.5, 2));
    assert_eq!(Ok(attributes.into()), read("Folder", "Attributes", r#"{"Bool": {"UDim": [0.5, 2]}}"#));
}

#[test]
fn a_value_that_names_its_type_stands_for_any_property() {
    assert_eq!(Ok(Vector3::new(1.0, 2.0, 3.0).into()), read("Nothing", "AtAll", r#"{"Vector3": [1, 2, 3]}"#));
    assert_eq!(Ok(UDim::new(0.5, 2).into()), read("Part", "Anchored", r#"{"UDim": [0.5, 2]}"#));
    assert_eq!(Ok(Variant::OptionalCFrame(None)), read("Model", "It", r#"{"OptionalCFrame": null}"#));
    assert_eq!(Ok(Content::none().into()), read("It", "It", r#"{"Content": "None"}"#));
}

#[test]
fn a_wrong_value_says_where_it_is_and_what_may_stand_there() {
    let wrong = read("Part", "Anchored", "\n  1").unwrap_err();
    assert_eq!(Place { line: 2, column: 3 }, wrong.at);
    assert_eq!("Part.Anchored is of the type Bool, which a number is not", wrong.message);
    assert_eq!(r#"write true or false, or {"Bool": true}"#, wrong.help);
    let told = [
        ("[1, 2]", "a list of numbers"),
        ("[1, \"a\"]", "a list"),
        ("{}", "an object"),
        ("{\"Vectr\": []}", "an object of \"Vectr\""),
        ("null", "null"),
    ];
    for (text, name) in told {
        let expected = format!("Part.Position is of the type Vector3, which {name} is not");
        assert_eq!(expected, message(read("Part", "Position", text)).0);
    }
    assert_eq!(
        r#"write {"UDim2": [[scale, offset], [scale, offset]]}"#,
        message(read("Frame", "Size", "1")).1
    );
}

#[test]
fn a_wrong_value_under_the_name_of_a_type_is_told_at_its_own_place() {
    let wrong = read("Part", "Position", r#"{"Vector3": [1, 2]}"#).unwrap_err();
    assert_eq!(Place { line: 1, column: 13 }, wrong.at);
    assert_eq!(r#"write {"Vector3": [x, y, z]}"#, wrong.help);
    let two = r#"{"Vector3": [1, 2, 3], "Bool": true}"#;
    assert_eq!(
        "Part.Position is of the type Vector3, which an object is not",
        message(read("Part", "Position", two)).0
    );
}

#[test]
fn a_wrong_item_of_an_enum_is_told_with_the_right_ones() {
    let (what, help) = message(read("Lighting", "Technology", "\"Voxl\""));
    assert_eq!("the enum Technology of Lighting.Technology has no \"Voxl\"", what);
    assert!(help.starts_with("was Voxel meant? The items are Compatibility, Future, "), "{help}");
    assert_eq!(
        "Lighting.Technology takes an item of the enum Technology, not a number",
        message(read("Lighting", "Technology", "1")).0
    );
    assert!(message(read("Part", "Material", "\"x\"")).1.ends_with(" more"));
}

#[test]
fn an_unknown_property_or_class_is_told_with_what_may_have_been_meant() {
    let (what, help) = message(read("Part", "Anchord", "true"));
    assert_eq!("Part has no property \"Anchord\"", what);
    assert!(help.starts_with("was Anchored meant? "), "{help}");
    let (what, help) = message(read("Prat", "Anchored", "true"));
    assert_eq!("\"Prat\" is no known class, so what \"Anchored\" takes is not known", what);
    assert!(help.contains("name the type of the value"), "{help}");
}

#[test]
fn a_reference_is_an_attribute_of_its_own() {
    let (_, help) = message(read("ObjectValue", "Value", "\"it\""));
    assert_eq!("give that instance an id, and set the attribute \"Rojo_Target_Value\" to the id", help);
}

#[test]
fn an_attribute_is_a_text_a_number_a_truth_or_names_its_type() {
    assert_eq!(Ok(Variant::String("a".into())), attribute("\"a\""));
    assert_eq!(Ok(Variant::Float64(1.0)), attribute("1"));
    assert_eq!(Ok(Variant::Bool(false)), attribute("false"));
    assert_eq!(Ok(Variant::Float32(1.0)), attribute(r#"{"Float32": 1}"#));
    assert_eq!("a list of numbers cannot be the value of an attribute", message(attribute("[1, 2]")).0);
    assert_eq!("null cannot be the value of an attribute", message(attribute("null")).0);
}

#[test]
fn an_attribute_that_no_model_file_can_hold_is_refused() {
    assert_eq!("Int64 cannot be the value of an attribute", message(attribute(r#"{"Int64": 1}"#)).0);
    for text in [r#"{"A": {"Int64": 1}}"#, r#"{"Attributes": {"A": {"Int64": 1}}}"#] {
        assert_eq!(
            "Int64, as of \"A\", cannot be the value of an attribute",
            message(read("Folder", "Attributes", text)).0
        );
    }
}

#[test]
fn a_number_beyond_all_doubles_is_none() {
    assert_eq!(
        "NumberValue.Value is of the type Float64, which a number beyond all doubles is not",
        message(read("NumberValue", "Value", "1e999")).0
    );
}
