//! How values of each type are written, to say what may stand somewhere.

use rbx_dom_weak::types::VariantType;

/// How a value of a type is written, in words or as a pattern: implicitly, if it can be, and explicitly.
pub(super) struct Form {
    pub(super) implicit: Option<&'static str>,
    pub(super) explicit: &'static str,
}

/// How a value of a type is written.
pub(super) fn form(ty: VariantType) -> Form {
    let (implicit, explicit) = match ty {
        VariantType::Axes => ("", r#"["X", "Y", "Z"]"#),
        VariantType::Bool => ("true or false", "true"),
        VariantType::BrickColor => ("", "the number of a BrickColor, such as 194"),
        VariantType::CFrame => (
            "[x, y, z, r00, r01, r02, r10, r11, r12, r20, r21, r22]",
            r#"{"position": [x, y, z], "orientation": [[r00, r01, r02], [r10, r11, r12], [r20, r21, r22]]}"#,
        ),
        VariantType::Color3 => ("[red, green, blue] of 0 to 1", "[red, green, blue]"),
        VariantType::Color3uint8 => ("", "[red, green, blue] of 0 to 255"),
        VariantType::ColorSequence => {
            ("", r#"{"keypoints": [{"time": 0, "color": [red, green, blue]}, ...]}"#)
        }
        VariantType::Content => ("a text such as \"rbxassetid://1\"", r#"{"Uri": "rbxassetid://1"}"#),
        VariantType::ContentId => ("a text such as \"rbxassetid://1\"", r#""rbxassetid://1""#),
        VariantType::Enum => ("the name of an item", "the number of an item"),
        VariantType::EnumItem => ("", r#"{"type": "Material", "value": 256}"#),
        VariantType::Faces => ("", r#"["Right", "Top", "Back", "Left", "Bottom", "Front"]"#),
        VariantType::Float32 | VariantType::Float64 => ("a number", "0.5"),
        VariantType::Int32 | VariantType::Int64 => ("a whole number", "1"),
        VariantType::NumberRange => ("", "[least, most]"),
        VariantType::NumberSequence => {
            ("", r#"{"keypoints": [{"time": 0, "value": 1, "envelope": 0}, ...]}"#)
        }
        VariantType::PhysicalProperties => (
            "",
            r#""Default", or {"density": 1, "friction": 0.3, "elasticity": 0.5, "frictionWeight": 1, "elasticityWeight": 1, "acousticAbsorption": 1}"#,
        ),
        VariantType::Ray => ("", r#"{"origin": [x, y, z], "direction": [x, y, z]}"#),
        VariantType::Rect => ("", "[[x, y], [x, y]]"),
        VariantType::Ref => ("", "the 32 hexadecimal digits of a referent"),
        VariantType::Region3 | VariantType::Region3int16 => ("", "[[x, y, z], [x, y, z]]"),
        VariantType::String => ("a text", r#""text""#),
        VariantType::UDim => ("", "[scale, offset]"),
        VariantType::UDim2 => ("", "[[scale, offset], [scale, offset]]"),
        VariantType::Vector2 => ("[x, y]", "[x, y]"),
        VariantType::Vector2int16 => ("", "[x, y]"),
        VariantType::Vector3 => ("[x, y, z]", "[x, y, z]"),
        VariantType::Vector3int16 => ("", "[x, y, z]"),
        VariantType::OptionalCFrame => {
            ("", r#"null, or {"position": [x, y, z], "orientation": [[...], ...]}"#)
        }
        VariantType::Tags => (r#"["tag", ...]"#, r#"["tag", ...]"#),
        VariantType::Attributes => (r#"{"Name": {"Bool": true}, ...}"#, r#"{"Name": {"Bool": true}, ...}"#),
        VariantType::Font => (FONT, FONT),
        VariantType::UniqueId => ("", "32 hexadecimal digits"),
        VariantType::MaterialColors => (MATERIAL_COLORS, MATERIAL_COLORS),
        VariantType::SecurityCapabilities => ("", "a whole number"),
        VariantType::BinaryString | VariantType::SharedString | VariantType::NetAssetRef => {
            ("", "base64 text")
        }
        _ => ("", "..."),
    };
    Form { implicit: (!implicit.is_empty()).then_some(implicit), explicit }
}

const FONT: &str =
    r#"{"family": "rbxasset://fonts/families/SourceSansPro.json", "weight": "Regular", "style": "Normal"}"#;
const MATERIAL_COLORS: &str = r#"{"Grass": [red, green, blue] of 0 to 255, ...}"#;

impl Form {
    /// What may stand where a value of this type is wanted.
    pub(super) fn help(&self, ty: VariantType) -> String {
        let explicit = format!(r#"{{"{ty:?}": {}}}"#, self.explicit);
        match self.implicit {
            Some(implicit) => format!("write {implicit}, or {explicit}"),
            None => format!("write {explicit}"),
        }
    }
}
