//! The bytes of a value.

use rbx_dom_weak::types::{
    CFrame, Color3, ContentType, Font, PhysicalProperties, Ref, UDim, Variant, Vector2, Vector3,
};

use super::ids::Id;

/// Beyond this a double does not hold every whole number, so Luau could not tell two of them apart.
pub(super) const WHOLE_MOST: i64 = 1 << 53;

/// Canonical bytes, one after the other.
#[derive(Default)]
pub(super) struct Bytes(pub Vec<u8>);

impl Bytes {
    pub fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    /// A count or length; beyond 4 GiB nothing is read.
    pub fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub fn text(&mut self, text: &[u8]) {
        self.count(text.len());
        self.0.extend(text);
    }

    fn f32(&mut self, number: f32) {
        let bits = if number.is_nan() { 0x7fc0_0000 } else { (number + 0.0).to_bits() };
        self.u32(bits);
    }

    fn f64(&mut self, number: f64) {
        let bits = if number.is_nan() { 0x7ff8_0000_0000_0000 } else { (number + 0.0).to_bits() };
        self.0.extend(bits.to_le_bytes());
    }

    fn floats(&mut self, numbers: &[f32]) {
        for number in numbers {
            self.f32(*number);
        }
    }

    fn vector2(&mut self, at: Vector2) {
        self.floats(&[at.x, at.y]);
    }

    fn vector3(&mut self, at: Vector3) {
        self.floats(&[at.x, at.y, at.z]);
    }

    fn color3(&mut self, color: Color3) {
        self.floats(&[color.r, color.g, color.b]);
    }

    fn cframe(&mut self, frame: &CFrame) {
        self.vector3(frame.position);
        // The rows of the rotation, as `CFrame:GetComponents()` gives them.
        self.vector3(frame.orientation.x);
        self.vector3(frame.orientation.y);
        self.vector3(frame.orientation.z);
    }

    fn udim(&mut self, dim: UDim) {
        self.f32(dim.scale);
        self.0.extend(dim.offset.to_le_bytes());
    }

    fn font(&mut self, font: &Font) {
        self.text(font.family.as_bytes());
        self.0.extend(font.weight.as_u16().to_le_bytes());
        self.0.push(font.style.as_u8());
    }

    fn physical(&mut self, properties: &PhysicalProperties) {
        let PhysicalProperties::Custom(custom) = properties else {
            self.0.push(0);
            return;
        };
        self.0.push(1);
        self.floats(&[
            custom.density(),
            custom.friction(),
            custom.elasticity(),
            custom.friction_weight(),
            custom.elasticity_weight(),
            custom.acoustic_absorption(),
        ]);
    }

    /// The type and the bytes of a value; false, with nothing written, for a type that is not hashed.
    pub fn value(&mut self, value: &Variant, id_of: &dyn Fn(Ref) -> Id) -> bool {
        let begin = self.0.len();
        // Filled in below: the type is known where the bytes are.
        self.0.push(0);
        let Some(kind) = self.payload(value, id_of) else {
            self.0.truncate(begin);
            return false;
        };
        self.0[begin] = kind;
        true
    }

    fn payload(&mut self, value: &Variant, id_of: &dyn Fn(Ref) -> Id) -> Option<u8> {
        if let Variant::Ref(target) = value {
            self.0.extend(id_of(*target));
            return Some(25);
        }
        self.plain(value).or_else(|| self.measured(value)).or_else(|| self.named(value))
    }

    fn plain(&mut self, value: &Variant) -> Option<u8> {
        Some(match value {
            Variant::Bool(truth) => {
                self.0.push(u8::from(*truth));
                1
            }
            Variant::Int32(number) => {
                self.0.extend(number.to_le_bytes());
                2
            }
            Variant::Int64(number) if (-WHOLE_MOST..=WHOLE_MOST).contains(number) => {
                self.0.extend(number.to_le_bytes());
                3
            }
            Variant::Float32(number) => {
                self.f32(*number);
                4
            }
            Variant::Float64(number) => {
                self.f64(*number);
                5
            }
            Variant::String(text) => {
                self.text(text.as_bytes());
                6
            }
            Variant::BinaryString(text) => {
                self.text(text.as_ref());
                6
            }
            Variant::Enum(item) => {
                self.u32(item.to_u32());
                7
            }
            Variant::Faces(faces) => {
                self.0.push(faces.bits());
                23
            }
            Variant::Axes(axes) => {
                self.0.push(axes.bits());
                24
            }
            _ => return None,
        })
    }

    fn measured(&mut self, value: &Variant) -> Option<u8> {
        Some(match value {
            Variant::Vector2(at) => {
                self.vector2(*at);
                8
            }
            Variant::Vector3(at) => {
                self.vector3(*at);
                9
            }
            Variant::CFrame(frame) => {
                self.cframe(frame);
                10
            }
            Variant::Color3(color) => {
                self.color3(*color);
                11
            }
            Variant::Color3uint8(color) => {
                self.0.extend([color.r, color.g, color.b]);
                12
            }
            Variant::BrickColor(color) => {
                self.0.extend((*color as u16).to_le_bytes());
                13
            }
            Variant::UDim(dim) => {
                self.udim(*dim);
                14
            }
            Variant::UDim2(dims) => {
                self.udim(dims.x);
                self.udim(dims.y);
                15
            }
            Variant::Rect(rect) => {
                self.vector2(rect.min);
                self.vector2(rect.max);
                16
            }
            Variant::NumberRange(range) => {
                self.floats(&[range.min, range.max]);
                17
            }
            Variant::NumberSequence(sequence) => {
                self.count(sequence.keypoints.len());
                for point in &sequence.keypoints {
                    self.floats(&[point.time, point.value, point.envelope]);
                }
                18
            }
            Variant::ColorSequence(sequence) => {
                self.count(sequence.keypoints.len());
                for point in &sequence.keypoints {
                    self.f32(point.time);
                    self.color3(point.color);
                }
                19
            }
            Variant::PhysicalProperties(properties) => {
                self.physical(properties);
                22
            }
            _ => return None,
        })
    }

    fn named(&mut self, value: &Variant) -> Option<u8> {
        Some(match value {
            Variant::Font(font) => {
                self.font(font);
                20
            }
            Variant::ContentId(uri) => {
                self.text(uri.as_str().as_bytes());
                21
            }
            Variant::Content(content) => {
                match content.value() {
                    ContentType::None => self.text(b""),
                    ContentType::Object(target) if target.is_none() => self.text(b""),
                    ContentType::Uri(uri) => self.text(uri.as_bytes()),
                    // One that lives in the same place has no text.
                    _ => return None,
                }
                21
            }
            _ => return None,
        })
    }

    /// The type and digest of what a script says; the ends of its lines are no part of it.
    pub fn source(&mut self, text: &[u8]) {
        self.0.push(26);
        let mut hasher = blake3::Hasher::new();
        let mut rest = text;
        while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
            hasher.update(&rest[..at]);
            rest = &rest[at + 1..];
        }
        hasher.update(rest);
        self.0.extend(hasher.finalize().as_bytes());
    }
}
