"""Values of properties and attributes: what stands for itself, and what names its type."""

from typing import Any, Final

from tests.rojo.case import Case, of_folder, of_tree, raw_model, text

# By the class and the property that takes each: what may stand there without its type, and what may not.
IMPLICIT: Final[tuple[tuple[str, str, tuple[Any, ...]], ...]] = (
    ("Part", "Anchored", (True, False, 1, "true", None, [], {})),
    ("Part", "Transparency", (0.1, 1, -0.0, 1e400, 1e39, "1", True)),
    ("NumberValue", "Value", (0.1, 1e300, 3, "1", 12345678901234567890)),
    ("IntValue", "Value", (1, -1, 1.9, -1.9, 2**53 + 1, 2**63, 1e300, "1")),
    ("Frame", "ZIndex", (1, 1.5, 2**31, -(2**31) - 1, "1")),
    ("StringValue", "Value", ("x", "", "\0é😀", 1, True, ["x"])),
    ("Part", "Material", ("Wood", "wood", "", 512, {"Enum": 512}, True, "Enum.Material.Wood")),
    ("Part", "Size", ([1, 2, 3], [1, 2], [1, 2, 3, 4], ["1", "2", "3"], {"x": 1, "y": 2, "z": 3}, 1, "1, 2, 3")),
    ("Part", "Position", ([1, 2, 3],)),
    (
        "Part",
        "CFrame",
        (
            [1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1],
            [1, 2, 3],
            {"position": [1, 2, 3], "orientation": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]},
        ),
    ),
    ("Part", "Color", ([0.1, 0.5, 1], [255, 0, 0], "Red", "#ff0000")),
    ("Part", "Color3uint8", ([1, 2, 3], [0.1, 0.2, 0.3])),
    ("Part", "BrickColor", (194, "Medium stone grey", [1, 2, 3])),
    ("Part", "Shape", ("Ball", "Cylinder")),
    ("Part", "CustomPhysicalProperties", ("Default", {"density": 1})),
    ("SpotLight", "Color", ([0.1, 0.2, 0.3],)),
    ("Frame", "AnchorPoint", ([0.5, 1], [1], [0.5, 1, 2])),
    ("Frame", "Size", ([[0.5, 10], [1, -5]], [0.5, 10, 1, -5], [1, 2])),
    ("Frame", "BackgroundColor3", ([1, 0, 0],)),
    (
        "TextLabel",
        "FontFace",
        (
            {"family": "rbxasset://fonts/families/Arial.json", "weight": "Bold", "style": "Italic"},
            {"family": "x"},
            "Arial",
        ),
    ),
    ("TextLabel", "Font", ("Arial", "SourceSans", "NoSuch")),
    ("Decal", "Texture", ("rbxassetid://1", "", 1)),
    ("Decal", "TextureContent", ("rbxassetid://1", "")),
    ("MeshPart", "MeshId", ("rbxassetid://1",)),
    ("Terrain", "MaterialColors", ({"Grass": [10, 20, 30]}, {"Nothing": [1, 2, 3]}, {"Grass": [1, 2]}, "x")),
    ("ObjectValue", "Value", ("x", None, 1)),
    ("ParticleEmitter", "Lifetime", ([1, 2], 5)),
    ("ParticleEmitter", "Size", ([[0, 1], [1, 2]], 1)),
    ("ParticleEmitter", "Color", ([1, 0, 0],)),
    ("Part", "Tags", (["a", "b"], "a", [1])),
    ("Part", "Attributes", ({"A": {"Bool": True}}, {"A": True}, {})),
    ("UICorner", "CornerRadius", ([0.5, 3],)),
    ("ImageLabel", "SliceCenter", ([[1, 2], [3, 4]], [1, 2, 3, 4])),
    ("Motor6D", "C0", ([1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1],)),
    ("Script", "Source", ("return 1\r\n", 1)),
    ("Script", "Disabled", (True,)),
    ("Workspace", "CollisionGroupData", ("x",)),
    ("Folder", "Archivable", (False,)),
    ("Part", "archivable", (False,)),
    ("Part", "brickColor", (194,)),
    ("Part", "size", ([1, 2, 3],)),
    ("Part", "className", ("x",)),
    ("Part", "Parent", ("x",)),
    ("Part", "UniqueId", ("00000000000000000000000000000000",)),
    ("Part", "AssemblyLinearVelocity", ([1, 2, 3],)),
    ("NoSuchClass", "Anything", (True,)),
)
IDENTITY: Final = {"position": [1, 2.5, -3], "orientation": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
# By type: what may stand there with its name, and what may not.
EXPLICIT: Final[dict[str, tuple[Any, ...]]] = {
    "Axes": (["X", "Z"], [], ["W"], "X"),
    "BinaryString": ("YWJj", "", "not base64!", 1),
    "Bool": (True, "true", 1),
    "BrickColor": (194, 7_777_777, "Really red"),
    "CFrame": (IDENTITY, {"position": [1, 2, 3]}, [1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1]),
    "Color3": ([0.1, 0.5, 2], [1, 2]),
    "Color3uint8": ([1, 2, 255], [1, 2, 256], [0.5, 0, 0]),
    "ColorSequence": (
        {"keypoints": [{"time": 0, "color": [1, 0, 0]}, {"time": 1, "color": [0, 0, 1]}]},
        {"keypoints": []},
        [],
    ),
    "Content": ({"Uri": "rbxassetid://1"}, "None", "rbxassetid://1", {"Object": "0" * 32}),
    "ContentId": ("rbxassetid://1", 1),
    "Enum": (2, "Wood", -1, 2**32),
    "EnumItem": ({"type": "Material", "value": 512}, "Wood"),
    "Faces": (["Top", "Left"], ["top"]),
    "Float32": (0.1, 1, 1e39, "1"),
    "Float64": (0.1, 1, "1"),
    "Font": (
        {"family": "x", "weight": "Bold", "style": "Normal"},
        {"family": "x"},
        {"family": "x", "weight": "Fat", "style": "Normal"},
        {"family": "x", "weight": "Thin", "style": "Italic", "cachedFaceId": "y"},
    ),
    "Int32": (1, 1.5, 2**31, "1"),
    "Int64": (1, 2**63, -(2**63), 1.5),
    "MaterialColors": ({"Grass": [1, 2, 3]}, {"Nothing": [1, 2, 3]}),
    "NetAssetRef": ("x",),
    "NumberRange": ([1, 2], [2, 1], [1]),
    "NumberSequence": (
        {"keypoints": [{"time": 0, "value": 1, "envelope": 0.5}, {"time": 1, "value": 2, "envelope": 0}]},
        {"keypoints": [{"time": 0, "value": 1}]},
    ),
    "OptionalCFrame": (IDENTITY, None),
    "PhysicalProperties": (
        "Default",
        {"density": 1, "friction": 2, "elasticity": 3, "frictionWeight": 4, "elasticityWeight": 5},
        {"density": 1},
        "default",
    ),
    "Ray": ({"origin": [1, 2, 3], "direction": [4, 5, 6]}, [[1, 2, 3], [4, 5, 6]]),
    "Rect": ([[1, 2], [3, 4]], [1, 2, 3, 4]),
    "Ref": ("0" * 32, "f" * 32, "x", None),
    "Region3": ([[1, 2, 3], [4, 5, 6]],),
    "Region3int16": ([[1, 2, 3], [4, 5, 6]],),
    "SecurityCapabilities": (1, [1]),
    "SharedString": ("YWJj", "x!"),
    "String": ("x", 1),
    "Tags": (["a", "b"], "a"),
    "UDim": ([0.5, 3], [0.5, 3.5], [0.5]),
    "UDim2": ([[0.5, 3], [1, -4]], [0.5, 3, 1, -4]),
    "UniqueId": ("00000000000000000000000000000001", "1"),
    "Vector2": ([1, 2], ["1", 2]),
    "Vector2int16": ([1, 2], [1, 40_000]),
    "Vector3": ([1, 2.5, -0.0], [1, 2], {"x": 1, "y": 2, "z": 3}),
    "Vector3int16": ([1, 2, 3], [1.5, 2, 3]),
    "Attributes": ({"A": {"Bool": True}}, {"A": True}),
    "vector3": ([1, 2, 3],),
    "NoSuchType": (1,),
}
BARE: Final[tuple[Any, ...]] = (True, 1, 1.5, "x", None, [], [1, 2, 3], {}, ["a"], {"A": {"Bool": True}}, 2**60)
# Where a value of each type may stand; a property of no class takes any.
HOMES: Final = {
    "BrickColor": ("Part", "BrickColor"),
    "CFrame": ("Part", "CFrame"),
    "Color3": ("Part", "Color"),
    "Color3uint8": ("Part", "Color3uint8"),
    "ColorSequence": ("ParticleEmitter", "Color"),
    "Content": ("Decal", "TextureContent"),
    "ContentId": ("Decal", "Texture"),
    "Enum": ("Part", "Shape"),
    "Faces": ("Handles", "Faces"),
    "Axes": ("ArcHandles", "Axes"),
    "Font": ("TextLabel", "FontFace"),
    "MaterialColors": ("Terrain", "MaterialColors"),
    "NumberRange": ("ParticleEmitter", "Lifetime"),
    "NumberSequence": ("ParticleEmitter", "Size"),
    "PhysicalProperties": ("Part", "CustomPhysicalProperties"),
    "Ray": ("RayValue", "Value"),
    "Rect": ("ImageLabel", "SliceCenter"),
    "OptionalCFrame": ("Model", "WorldPivotData"),
    "UDim": ("UICorner", "CornerRadius"),
    "UDim2": ("Frame", "Size"),
    "Vector2": ("Frame", "AnchorPoint"),
    "Vector3": ("Part", "Size"),
    "SecurityCapabilities": ("Folder", "Capabilities"),
}


def wrong_and_right() -> tuple[Case, ...]:
    """Return a case for each value: one that is refused hides no other."""
    cases = [
        Case(
            f"{class_name}.{name} is {text(value)}", of_folder({"a.model.json": raw_model(class_name, **{name: value})})
        )
        for class_name, name, values in IMPLICIT
        for value in values
    ]
    for kind, values in EXPLICIT.items():
        class_name, name = HOMES.get(kind, ("Folder", "Anything"))
        cases += [
            Case(
                f"a property is {text({kind: value})}",
                of_folder({"a.model.json": raw_model(class_name, **{name: {kind: value}})}),
            )
            for value in values
        ]
        cases += [
            Case(
                f"an attribute is {text({kind: value})}",
                of_folder({"a.model.json": text({"className": "Folder", "attributes": {"A": {kind: value}}})}),
            )
            for value in values[:2]
        ]
    cases += [
        Case(
            f"an attribute is {text(value)}",
            of_folder({"a.model.json": text({"className": "Folder", "attributes": {"A": value}})}),
        )
        for value in BARE
    ]
    return tuple(cases)


OTHERS: Final = (
    Case("a type too many", of_folder({"a.model.json": raw_model("Part", Anchored={"Bool": True, "String": "x"})})),
    Case(
        "a property of another type, said fully",
        of_folder({"a.model.json": raw_model("Part", Anchored={"String": "x"})}),
    ),
    Case(
        "a name of an attribute is empty",
        of_folder({"a.model.json": text({"className": "Folder", "attributes": {"": 1}})}),
    ),
    Case(
        "an attribute's name has every sign",
        of_folder(
            {"a.model.json": text({"className": "Folder", "attributes": {"a b/é😀": 1, "RBXThing": 2, "_": True}})}
        ),
    ),
    Case(
        "a hundred attributes",
        of_tree({"$className": "Folder", "$attributes": {f"a{number}": number for number in range(100)}}),
    ),
    Case(
        "properties of a node, of a meta file and of a model are read alike",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$className": "Part", "$properties": {"Size": [1, 2, 3]}},
                "B": {"$path": "b"},
                "C": {"$path": "c.model.json"},
            },
            {
                "b/init.meta.json": text({"className": "Part", "properties": {"Size": [1, 2, 3]}}),
                "c.model.json": raw_model("Part", Size=[1, 2, 3]),
            },
        ),
    ),
    Case(
        "siblings of one class, one of which sets a property",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$className": "Part", "$properties": {"Anchored": True}},
                "B": {"$className": "Part"},
            }
        ),
    ),
)
CASES: Final = (*wrong_and_right(), *OTHERS)
