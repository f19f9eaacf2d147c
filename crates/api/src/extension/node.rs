//! `node`: the node that answers.

use serde_json::{Value, json};

use super::add;
use super::given::Given;
use crate::call::Call;
use crate::error::Error;

/// `GET node`.
#[expect(clippy::unnecessary_wraps, reason = "it is one of many, which may refuse")]
pub(super) fn get(call: &Call<'_>, _: &Given) -> Result<Value, Error> {
    let files = &call.settings.files;
    let mut shown = json!({});
    for (name, path) in [("dataDirectory", &files.data_directory), ("masterKeyFile", &files.master_key_file)]
    {
        if let Some(path) = path {
            add(&mut shown, name, json!(path.to_string_lossy()));
        }
    }
    Ok(shown)
}

/// What is answered here.
pub(super) fn schemas() -> Value {
    let path = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "Node": {
            "type": "object",
            "description": "The node that answers.",
            "properties": {
                "dataDirectory": path("Where it keeps its data: the `--data-dir` of commands on that machine; absent if it keeps none."),
                "masterKeyFile": path("The `--master-key-file` of such commands; absent if the key is in the data directory."),
            },
            "additionalProperties": false,
        },
    })
}
