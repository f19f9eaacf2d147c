//! `elbow migrate classic`: the template of an Application Load Balancer, and what it cannot carry over.

use std::io::Write;
use std::sync::Arc;

use elbow_model::Region;
use rustls::ClientConfig;

use super::{runtime, write};
use crate::cli;
use crate::failure::Failure;
use crate::migrate::{Api, Description, Migration};
use crate::outgoing::{EndpointUrl, trust};
use crate::settings::Secrets;

const ENDPOINT_URL: &str = "--endpoint-url";
const NO_KEYS: &str = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and the API takes signed calls only: run \
                       eval \"$(elbow credentials env)\" first";

/// Runs one of the commands.
pub(crate) fn run(command: cli::Migrate) -> Result<(), Failure> {
    let cli::Migrate::Classic { name, region, endpoint_url } = command;
    let description = describe(&name, &region, &endpoint_url)?;
    let migration = Migration::of(&description)?;
    write(migration.template.as_bytes())?;
    // Nobody is left to tell when standard error is gone.
    let _ = std::io::stderr().lock().write_all(told(&name, &migration.remarks).as_bytes());
    Ok(())
}

fn describe(name: &str, region: &str, endpoint_url: &str) -> Result<Description, Failure> {
    let region = Region::parse(region)
        .map_err(|error| Failure::wrong_use(format!("--region: {}", error.message())))?;
    let url: EndpointUrl =
        endpoint_url.parse().map_err(|why| Failure::wrong_use(format!("{ENDPOINT_URL} {why}")))?;
    let tls: Option<Arc<ClientConfig>> =
        url.is_https().then(|| trust(ENDPOINT_URL)).transpose().map_err(Failure::wrong_use)?;
    let keys = Secrets::of_environment().aws_keys().map_err(Failure::wrong_use)?;
    let keys = keys.ok_or_else(|| Failure::wrong_use(NO_KEYS))?;
    let api = Api { url, keys, tls, region };
    runtime()?.block_on(api.describe(name))
}

/// The remarks as a user reads them, a line each.
fn told(name: &str, remarks: &[String]) -> String {
    let first = format!("Not the same as with the Classic Load Balancer {name}, and what to do:\n");
    remarks.iter().fold(first, |told, remark| format!("{told}- {remark}\n"))
}
