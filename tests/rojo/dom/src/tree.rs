//! Instances as JSON: class, name, properties, attributes, tags, and children in their order.

use std::collections::{BTreeMap, HashMap};

use rbx_dom_weak::types::{Ref, Variant};
use rbx_dom_weak::{Instance, WeakDom};
use serde_json::{Map, Value, json};

/// Where each instance is: the place of each level among its siblings, from the roots on.
type Places = HashMap<Ref, String>;

/// Every instance of a file.
pub fn roots(dom: &WeakDom) -> Vec<Value> {
    let mut places = Places::new();
    note(dom, dom.root(), "", &mut places);
    children(dom, dom.root(), &places)
}

fn note(dom: &WeakDom, parent: &Instance, at: &str, places: &mut Places) {
    for (number, &child) in parent.children().iter().enumerate() {
        let place = format!("{at}/{number}");
        if let Some(instance) = dom.get_by_ref(child) {
            note(dom, instance, &place, places);
        }
        places.insert(child, place);
    }
}

fn children(dom: &WeakDom, parent: &Instance, places: &Places) -> Vec<Value> {
    let found = parent.children().iter().filter_map(|&child| dom.get_by_ref(child));
    found.map(|child| told(dom, child, places)).collect()
}

fn told(dom: &WeakDom, instance: &Instance, places: &Places) -> Value {
    let sorted: BTreeMap<&str, &Variant> =
        instance.properties.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let mut properties = Map::new();
    let mut shown = Map::new();
    shown.insert("class".into(), instance.class.as_str().into());
    shown.insert("name".into(), instance.name.as_str().into());
    for (name, value) in sorted {
        match value {
            Variant::Attributes(attributes) => {
                let each = attributes.iter().map(|(name, value)| (name.clone(), of(value, places)));
                put(&mut shown, "attributes", Value::Object(each.collect()));
            }
            Variant::Tags(tags) => put(&mut shown, "tags", tags.iter().collect()),
            _ => {
                properties.insert(name.into(), of(value, places));
            }
        }
    }
    put(&mut shown, "properties", Value::Object(properties));
    put(&mut shown, "children", children(dom, instance, places).into());
    Value::Object(shown)
}

/// Leave out what is empty.
fn put(shown: &mut Map<String, Value>, key: &str, value: Value) {
    let is_empty =
        value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    if !is_empty {
        shown.insert(key.into(), value);
    }
}

fn of(value: &Variant, places: &Places) -> Value {
    if let Variant::Ref(target) = value {
        return json!({ "Ref": places.get(target) });
    }
    match serde_json::to_value(value) {
        Ok(told) if !has_null(&told) => told,
        // JSON has no infinity and no NaN: what holds one is told in the words of the type itself.
        _ => json!({ "exactly": format!("{value:?}") }),
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}
