//! `DescribeInstances` as a caller writes it.

use elbow_model::InstanceId;

use crate::actions::Version;

/// Most instances of one question. EC2 takes 200 values of a filter.
pub const IDS_PER_QUESTION: usize = 100;

/// The form that asks for `ids`; `next_token` asks for the rest of an answer.
///
/// It filters by id. EC2 refuses a call that names an id which it does not know any more, and then says nothing of the
/// others either; a filter leaves such an id out.
pub fn question(ids: &[InstanceId], next_token: Option<&str>) -> String {
    debug_assert!(!ids.is_empty() && ids.len() <= IDS_PER_QUESTION);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "DescribeInstances");
    form.append_pair("Version", Version::Ec2.as_str());
    form.append_pair("Filter.1.Name", "instance-id");
    for (number, id) in (1..).zip(ids) {
        form.append_pair(&format!("Filter.1.Value.{number}"), id.as_str());
    }
    if let Some(token) = next_token {
        form.append_pair("NextToken", token);
    }
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_filters_by_id() {
        let ids = ["i-1", "i-2"].map(|id| InstanceId::parse(id).unwrap());
        let filter = "Filter.1.Name=instance-id&Filter.1.Value.1=i-1&Filter.1.Value.2=i-2";
        let asked = format!("Action=DescribeInstances&Version=2016-11-15&{filter}");
        assert_eq!(question(&ids, None), asked);
        assert_eq!(question(&ids, Some("a+b=")), format!("{asked}&NextToken=a%2Bb%3D"));
    }
}
