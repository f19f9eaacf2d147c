//! Each function, with what it comes to and what it refuses.

use super::*;

struct Shop;

impl Resources for Shop {
    fn reference(&self, logical_id: &str) -> Option<String> {
        (logical_id == "Shop").then(|| "shop-1".to_owned())
    }

    fn attribute(&self, logical_id: &str, name: &str) -> Result<Option<Value>, Error> {
        Ok((logical_id == "Shop" && name == "DNSName").then(|| Value::text("shop.test")))
    }
}

const TEMPLATE: &str = "
Parameters:
  Stage: {Type: String, Default: live}
  Ports: {Type: CommaDelimitedList, Default: '80,8080'}
Mappings:
  Sizes: {live: {count: '3', list: [a, b]}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [!Condition IsLive]
  Both: !And [!Condition IsLive, !Condition IsTest]
  Either: !Or [!Condition IsLive, !Condition IsTest]
  Circle: !Not [!Condition Circle]
Resources:
  Shop: {Type: X}
  Probe:
    Type: X
    Properties:
      P: ";

/// What the property `P` of a resource comes to, as JSON.
fn evaluated(value: &str) -> Result<String, Error> {
    of(TEMPLATE, value)
}

/// The same in another template.
fn of(template: &str, value: &str) -> Result<String, Error> {
    let template = Template::parse(&format!("{template}{value}\n"))?;
    let parameters = super::super::parameters::values(&template.parameters, &BTreeMap::new())?;
    let given = Given {
        template: &template,
        parameters: &parameters,
        pseudo: [("AWS::Region", "us-east-1".to_owned()), ("AWS::StackName", "s".to_owned())].into(),
        zones: vec![Zone::parse("us-east-1a").unwrap(), Zone::parse("us-east-1b").unwrap()],
        so_far: SoFar::default(),
    };
    let probe = &template.resources["Probe"].properties;
    let map = Functions::new(&given, &Shop).map(probe)?;
    Ok(map.get("P").map_or_else(|| "none".to_owned(), |value| value.to_json().to_string()))
}

#[test]
fn functions_come_to_values() {
    for (value, expected) in [
        ("!Ref Shop", r#""shop-1""#),
        ("!Ref Ports", r#"["80","8080"]"#),
        ("!Ref AWS::Region", r#""us-east-1""#),
        ("!Ref AWS::NoValue", "none"),
        ("[1, !Ref AWS::NoValue, {a: !Ref AWS::NoValue, b: 2}]", r#"["1",{"b":"2"}]"#),
        ("!GetAtt Shop.DNSName", r#""shop.test""#),
        ("!GetAtt [Shop, DNSName]", r#""shop.test""#),
        ("!Sub '${Stage}-${Shop}-${Shop.DNSName}-${!Shop}-${'", r#""live-shop-1-shop.test-${Shop}-${""#),
        ("!Sub ['${own}/${AWS::StackName}', {own: !Ref Stage}]", r#""live/s""#),
        ("!Join ['-', [a, !Ref Stage]]", r#""a-live""#),
        ("!Join [',', !Ref Ports]", r#""80,8080""#),
        ("!Select [1, !Ref Ports]", r#""8080""#),
        ("!Select ['0', !GetAZs '']", r#""us-east-1a""#),
        ("!Split ['.', a.b]", r#"["a","b"]"#),
        ("!FindInMap [Sizes, !Ref Stage, count]", r#""3""#),
        ("!FindInMap [Sizes, live, list]", r#"["a","b"]"#),
        ("!If [IsLive, 1, 2]", r#""1""#),
        ("!If [IsTest, 1, !Ref AWS::NoValue]", "none"),
        ("[!If [Both, 1, 2], !If [Either, 3, 4]]", r#"["2","3"]"#),
        ("!Base64 hi", r#""aGk=""#),
        ("{Ref: Shop, more: 1}", r#"{"Ref":"Shop","more":"1"}"#),
    ] {
        assert_eq!(evaluated(value).map_err(|error| error.to_string()).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused() {
    for (value, why) in [
        ("!GetAtt Shop.Colour", "does not support attribute type Colour"),
        ("!GetAtt Shop", "every Fn::GetAtt object"),
        ("!Select [2, !Ref Ports]", "index 2"),
        ("!Select [-1, !Ref Ports]", "index -1"),
        ("!Join ['', text]", "every Fn::Join object"),
        ("!Join ['', !Ref Stage]", "takes a list"),
        ("!Split ['', a]", "every Fn::Split object"),
        ("!FindInMap [Sizes, live, colour]", "Sizes::live::colour"),
        ("!GetAZs eu-west-1", "eu-west-1"),
        ("!If [Circle, 1, 2]", "Circular"),
        ("!Equals [1, 2]", "section Conditions only"),
        ("!ImportValue x", "Fn::ImportValue is not supported"),
        ("!Cidr [a, 1, 2]", "Fn::Cidr is not supported"),
        ("!Sub ['${Ports}', {}]", "not a text"),
    ] {
        let error = evaluated(value).unwrap_err();
        assert!(error.message().contains(why), "{value}: {error}");
    }
}

#[test]
fn texts_cannot_be_grown_without_end() {
    let big = format!("!Sub ['{}', {{a: '{}'}}]", "${a}".repeat(2_000), "x".repeat(2_000));
    assert!(evaluated(&big).unwrap_err().message().contains("more than"));
}

#[test]
fn conditions_do_not_lead_on_without_end() {
    let lists = |inner: &str| format!("{}{inner}{}", "[".repeat(40), "]".repeat(40));
    // Neither by lists nor by denials.
    let denials = (0..40).fold("!Condition D0".to_owned(), |inner, _| format!("!Not [{inner}]"));
    let long: String =
        (1..6).map(|n| format!("  D{n}: {}\n", denials.replace("D0", &format!("D{}", n - 1)))).collect();
    let links: String = (1..300)
        .map(|n| format!("  C{n}: !Equals [{}, a]\n", lists(&format!("!If [C{}, 1, 2]", n - 1))))
        .collect();
    let text = format!(
        "Conditions:\n  C0: !Equals [a, a]\n  D0: !Equals [a, a]\n{links}{long}Resources:\n  A: {{Type: X, Condition: C299}}\n  \
         B: {{Type: X, Condition: D5}}\n"
    );
    let template = Template::parse(&text).unwrap();
    let given = Given {
        template: &template,
        parameters: &BTreeMap::new(),
        pseudo: [].into(),
        zones: vec![],
        so_far: SoFar::default(),
    };
    let functions = Functions::new(&given, &Shop);
    for id in ["A", "B"] {
        let error = functions.is_there(template.resources[id].condition.as_ref()).unwrap_err();
        assert!(error.message().contains("levels deep"), "{error}");
    }
}

#[test]
fn each_condition_is_evaluated_once() {
    let doubled: String =
        (1..60).map(|n| format!("  C{n}: !And [!Condition C{0}, !Condition C{0}]\n", n - 1)).collect();
    let text = format!(
        "Conditions:\n  C0: !Equals [a, a]\n{doubled}Resources:\n  A: {{Type: X, Properties: {{P: !If [C59, 1, 2]}}}}\n"
    );
    let template = Template::parse(&text).unwrap();
    let given = Given {
        template: &template,
        parameters: &BTreeMap::new(),
        pseudo: [].into(),
        zones: vec![],
        so_far: SoFar::default(),
    };
    let value = Functions::new(&given, &Shop).map(&template.resources["A"].properties).unwrap();
    assert_eq!(value["P"], Value::text("1"));
}

#[test]
fn what_functions_make_is_bounded_before_it_is_made() {
    let nested = |levels: usize| {
        let (open, close) = ("{\"Fn::Base64\": ".repeat(levels), "}".repeat(levels));
        evaluated(&format!("{open}\"{}\"{close}", "x".repeat(30_000)))
    };
    assert!(nested(1).is_ok());
    let error = nested(20).unwrap_err();
    assert!(error.message().contains("a text of more than 65536 bytes"), "{error}");

    let split = format!("!Split [x, !Sub [\"{}\", {{A: {}}}]]", "${A}".repeat(60), "x".repeat(1_000));
    let many = format!("[{}]", vec![split; 10].join(", "));
    let error = evaluated(&many).unwrap_err();
    assert!(error.message().contains("bytes in all"), "{error}");
}

#[test]
fn a_short_template_that_names_long_values_often_is_refused() {
    let ports = vec!["80"; 1_300].join(",");
    for (what, name) in [("Ports", "!Ref Ports"), ("Sizes", "!FindInMap [Sizes, live, list]")] {
        let list = format!("[{}]", vec!["a"; 1_500].join(", "));
        let template = TEMPLATE.replace("80,8080", &ports).replace("[a, b]", &list);
        let often = |times: usize| of(&template, &format!("[{}]", vec![name; times].join(", ")));
        assert!(often(50).is_ok(), "{what}");
        let error = often(1_000).unwrap_err();
        assert!(error.message().contains("bytes in all"), "{what}: {error}");
    }
}

#[test]
fn the_parts_of_a_text_count_once() {
    // 40 KB each, of a thousand parts: counted again at each part they would be 20 MB each.
    let text = format!("!Sub ['{}', {{a: '{}'}}]", "${a}".repeat(1_000), "x".repeat(40));
    assert!(evaluated(&format!("[{text}, {text}]")).is_ok());
}
