//! Settings of the server: flags, then `ELBOW_*` environment variables, then the TOML file, then defaults.
//!
//! [`Given`] is the one table: its fields are the flags, the variables and the keys of the file, and help, man page
//! and completions are made of it. [`Settings`] is what the rest of the program sees: complete and checked.

mod file;
mod secrets;
mod zone;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use elbow_model::{AccessKeyId, AccountId, Credential, Region, Secret, SubnetId, Timestamp, Zone};

use elbow_api::AddressPool;
use elbow_api::objects::ObjectStore;
use rustls::ClientConfig;
pub(crate) use secrets::Secrets;
pub(crate) use zone::ZoneSetting;

use crate::object_store;
use crate::outgoing::{AwsKeys, EndpointUrl, trust};

/// Where the database is, unless told otherwise.
const DATA_DIR: &str = "./elbow-data";
/// Where the API is, unless told otherwise.
const API_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7070);
/// The virtual private cloud that everything is said to be in.
const VPC: &str = "vpc-elbow";
/// Most workers that can be asked for.
const MAX_WORKERS: u16 = 1024;
/// Age in hours at which the stickiness key is replaced, unless told otherwise.
const KEY_ROTATION_HOURS: u16 = 24;
/// Seconds that requests in flight get at a graceful stop, unless told otherwise.
const SHUTDOWN_GRACE_SECONDS: u16 = 30;
/// Seconds between two questions to the EC2 endpoint, unless told otherwise.
const EC2_REFRESH_SECONDS: u16 = 10;

/// What the user gave in one place; anything may be missing.
#[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Given {
    /// Directory of the database and its key file [default: ./elbow-data]
    #[arg(long, value_name = "DIR", env = "ELBOW_DATA_DIR")]
    data_dir: Option<PathBuf>,

    /// File of the key that seals private keys and other secrets in the database; made if it is missing, for its owner
    /// alone [default: master.key in the data directory]
    #[arg(long, value_name = "FILE", env = "ELBOW_MASTER_KEY_FILE")]
    master_key_file: Option<PathBuf>,

    /// Address and port of the API [default: 127.0.0.1:7070]
    #[arg(long, value_name = "IP:PORT", env = "ELBOW_API_ADDRESS")]
    api_address: Option<SocketAddr>,

    /// Address that load balancers listen on [default: 127.0.0.1]
    #[arg(long, value_name = "IP", env = "ELBOW_LISTEN_ADDRESS")]
    listen_address: Option<IpAddr>,

    /// Give each load balancer an address of its own out of this network, such as 127.0.8.0/24
    #[arg(long, value_name = "CIDR", env = "ELBOW_ADDRESS_POOL", value_parser = address_pool)]
    #[serde(deserialize_with = "file::address_pool")]
    address_pool: Option<AddressPool>,

    /// Bind listeners this much above their port: 8000 maps 80 to 8080 [default: 0]
    #[arg(long, value_name = "N", env = "ELBOW_LISTENER_PORT_OFFSET")]
    listener_port_offset: Option<u16>,

    /// Accept API calls for this region only; repeat for more [default: any region]
    #[arg(long = "region", value_name = "REGION", env = "ELBOW_REGION", value_delimiter = ',', value_parser = region)]
    #[serde(deserialize_with = "file::regions", rename = "region")]
    regions: Vec<Region>,

    /// Account number in ARNs [default: 000000000000]
    #[arg(long, value_name = "DIGITS", env = "ELBOW_ACCOUNT_ID", value_parser = account)]
    #[serde(deserialize_with = "file::account")]
    account_id: Option<AccountId>,

    /// A zone and the subnets in it; repeat for more [default: zones a, b and c of the region]
    #[arg(long = "zone", value_name = "NAME[=SUBNET,…]", env = "ELBOW_ZONE", value_delimiter = ';')]
    #[serde(rename = "zone")]
    zones: Vec<ZoneSetting>,

    /// Worker threads of the data plane [default: one a core]
    #[arg(long, value_name = "N", env = "ELBOW_WORKERS")]
    workers: Option<NonZeroU16>,

    /// Replace the stickiness key when it is this old; the old one stays accepted [default: 24]
    #[arg(long, value_name = "HOURS", env = "ELBOW_KEY_ROTATION_HOURS")]
    key_rotation_hours: Option<NonZeroU16>,

    /// Time for requests in flight when asked to stop [default: 30]
    #[arg(long, value_name = "SECONDS", env = "ELBOW_SHUTDOWN_GRACE_SECONDS")]
    shutdown_grace_seconds: Option<u16>,

    /// Ask this EC2 endpoint for instances that are not in the instance directory, such as http://10.0.0.9:7070; the
    /// questions are signed with the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
    #[arg(long, value_name = "URL", env = "ELBOW_EC2_ENDPOINT_URL", hide_env_values = true)]
    ec2_endpoint_url: Option<String>,

    /// Ask the EC2 endpoint again for registered instances this often [default: 10]
    #[arg(long, value_name = "SECONDS", env = "ELBOW_EC2_REFRESH_SECONDS")]
    ec2_refresh_seconds: Option<NonZeroU16>,

    /// Read the files of trust stores from here, and write access logs: a directory that has a directory for each bucket, such as
    /// file:///srv/s3, or a server that speaks the protocol of Amazon S3, which is asked with the variables
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN if they are there [default: s3 in the data directory]
    #[arg(long, value_name = "URL", env = "ELBOW_S3_ENDPOINT_URL", hide_env_values = true)]
    s3_endpoint_url: Option<String>,

    /// Access key that may sign API calls, besides the stored ones; its secret is read from the variable
    /// ELBOW_SECRET_ACCESS_KEY [default: a pair is created at first start]
    #[arg(long, value_name = "ID", env = "ELBOW_ACCESS_KEY_ID")]
    access_key_id: Option<String>,

    /// Never a flag: other users of the machine could read it there.
    #[arg(skip)]
    secret_access_key: Option<String>,
}

/// Complete settings of `elbow serve`.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Directory of the database and its key file.
    pub(crate) data_dir: PathBuf,
    /// File of the key that seals secrets; none: in the data directory.
    pub(crate) master_key_file: Option<PathBuf>,
    /// Where the API is.
    pub(crate) api_address: SocketAddr,
    /// Address that load balancers without their own listen on.
    pub(crate) listen_address: IpAddr,
    /// Addresses for load balancers of their own.
    pub(crate) address_pool: Option<AddressPool>,
    /// Added to the port of a listener to get the port that is bound.
    pub(crate) listener_port_offset: u16,
    /// Regions that are served; empty means any.
    pub(crate) regions: Vec<Region>,
    /// The account.
    pub(crate) account: AccountId,
    /// Zones and their subnets; empty means three zones of the caller's region.
    pub(crate) zones: Vec<(Zone, Vec<SubnetId>)>,
    /// Worker threads of the data plane.
    pub(crate) workers: usize,
    /// Age at which the stickiness key is replaced.
    pub(crate) key_rotation: Duration,
    /// Time for requests in flight when asked to stop.
    pub(crate) shutdown_grace: Duration,
    /// A pair from the settings; it is not stored.
    pub(crate) credential: Option<Credential>,
    /// Whom to ask for instances that the directory does not know.
    pub(crate) ec2: Option<Ec2Setting>,
    /// Who has the files of trust stores.
    pub(crate) objects: Objects,
}

/// An EC2 endpoint that is asked for instances.
#[derive(Clone, Debug)]
pub(crate) struct Ec2Setting {
    /// Where it is.
    pub(crate) url: EndpointUrl,
    /// Who asks.
    pub(crate) keys: AwsKeys,
    /// What a connection over TLS needs; none for plain HTTP.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    /// How often.
    pub(crate) refresh: Duration,
}

/// Who has files, for [`Settings`] that can be shown.
#[derive(Clone)]
pub(crate) struct Objects(pub(crate) Arc<dyn ObjectStore>);

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Objects(…)")
    }
}

impl Given {
    /// The directory of the database, for commands that need nothing else.
    pub(crate) fn data_dir(data_dir: Option<PathBuf>) -> PathBuf {
        data_dir.unwrap_or_else(|| DATA_DIR.into())
    }

    /// What the demo is run with.
    pub(crate) fn for_demo(data_dir: PathBuf, api_address: SocketAddr) -> Self {
        Self { data_dir: Some(data_dir), api_address: Some(api_address), ..Self::default() }
    }

    /// Fills what is missing here from `lower`, which is less important.
    fn or(self, lower: Self) -> Self {
        let list = |upper: Vec<_>, lower| if upper.is_empty() { lower } else { upper };
        Self {
            data_dir: self.data_dir.or(lower.data_dir),
            master_key_file: self.master_key_file.or(lower.master_key_file),
            api_address: self.api_address.or(lower.api_address),
            listen_address: self.listen_address.or(lower.listen_address),
            address_pool: self.address_pool.or(lower.address_pool),
            listener_port_offset: self.listener_port_offset.or(lower.listener_port_offset),
            regions: if self.regions.is_empty() { lower.regions } else { self.regions },
            account_id: self.account_id.or(lower.account_id),
            zones: list(self.zones, lower.zones),
            workers: self.workers.or(lower.workers),
            key_rotation_hours: self.key_rotation_hours.or(lower.key_rotation_hours),
            shutdown_grace_seconds: self.shutdown_grace_seconds.or(lower.shutdown_grace_seconds),
            ec2_endpoint_url: self.ec2_endpoint_url.or(lower.ec2_endpoint_url),
            ec2_refresh_seconds: self.ec2_refresh_seconds.or(lower.ec2_refresh_seconds),
            s3_endpoint_url: self.s3_endpoint_url.or(lower.s3_endpoint_url),
            access_key_id: self.access_key_id.or(lower.access_key_id),
            secret_access_key: self.secret_access_key.or(lower.secret_access_key),
        }
    }

    /// Checks everything. `secrets` are what comes by variables only; `file` is the TOML file's path. The error is one
    /// line for the user.
    pub(crate) fn complete(mut self, file: Option<&Path>, secrets: Secrets) -> Result<Settings, String> {
        self.secret_access_key = secrets.secret_access_key.clone();
        let given = match file {
            Some(path) => self.or(file::read(path)?),
            None => self,
        };
        let credential = given.credential()?;
        let ec2 = given.ec2(secrets.clone())?;
        let data_dir = Self::data_dir(given.data_dir.clone());
        let objects = given.objects(&data_dir, secrets)?;
        let workers = given.workers.map_or_else(cores, NonZeroU16::get);
        if workers > MAX_WORKERS {
            return Err(format!("--workers {workers} is more than the {MAX_WORKERS} that are possible"));
        }
        let account = match given.account_id {
            Some(account) => account,
            None => account("000000000000")?,
        };
        let hours = given.key_rotation_hours.map_or(KEY_ROTATION_HOURS, NonZeroU16::get);
        let grace = given.shutdown_grace_seconds.unwrap_or(SHUTDOWN_GRACE_SECONDS);
        Ok(Settings {
            data_dir,
            master_key_file: given.master_key_file,
            api_address: given.api_address.unwrap_or(API_ADDRESS),
            listen_address: given.listen_address.unwrap_or(Ipv4Addr::LOCALHOST.into()),
            address_pool: given.address_pool,
            listener_port_offset: given.listener_port_offset.unwrap_or_default(),
            regions: given.regions,
            account,
            zones: zone::distinct(given.zones)?,
            workers: workers.into(),
            key_rotation: Duration::from_secs(u64::from(hours) * 3600),
            shutdown_grace: Duration::from_secs(grace.into()),
            credential,
            ec2,
            objects,
        })
    }

    fn ec2(&self, secrets: Secrets) -> Result<Option<Ec2Setting>, String> {
        let Some(url) = &self.ec2_endpoint_url else { return Ok(None) };
        const SETTING: &str = "--ec2-endpoint-url";
        let url: EndpointUrl = url.parse().map_err(|why| format!("{SETTING} {why}"))?;
        let tls = url.is_https().then(|| trust(SETTING)).transpose()?;
        let seconds = self.ec2_refresh_seconds.map_or(EC2_REFRESH_SECONDS, NonZeroU16::get);
        Ok(Some(Ec2Setting {
            url,
            keys: secrets.ec2_keys()?,
            tls,
            refresh: Duration::from_secs(seconds.into()),
        }))
    }

    fn objects(&self, data_dir: &Path, secrets: Secrets) -> Result<Objects, String> {
        // Keys are none of our business unless there is a server to ask.
        let is_server = self.s3_endpoint_url.as_ref().is_some_and(|url| !url.starts_with("file:"));
        let keys = if is_server { secrets.aws_keys()? } else { None };
        object_store::open(self.s3_endpoint_url.as_deref(), data_dir, keys).map(Objects)
    }

    fn credential(&self) -> Result<Option<Credential>, String> {
        match (&self.access_key_id, &self.secret_access_key) {
            (None, None) => Ok(None),
            (Some(id), Some(secret)) => {
                let id = AccessKeyId::parse(id).map_err(|error| error.to_string())?;
                let secret = Secret::parse(secret).map_err(|error| error.to_string())?;
                Ok(Some(Credential { id, secret, created: Timestamp::default() }))
            }
            (Some(_), None) => Err("an access key id was given without ELBOW_SECRET_ACCESS_KEY".to_owned()),
            (None, Some(_)) => {
                Err("ELBOW_SECRET_ACCESS_KEY was given without ELBOW_ACCESS_KEY_ID".to_owned())
            }
        }
    }
}

impl Settings {
    /// What the API has to know of it.
    pub(crate) fn for_api(&self) -> elbow_api::Settings {
        let zone = |(zone, subnets): &(Zone, Vec<SubnetId>)| elbow_api::ZoneSetting {
            zone: zone.clone(),
            subnets: subnets.clone(),
        };
        elbow_api::Settings {
            account: self.account.clone(),
            regions: self.regions.clone(),
            zones: self.zones.iter().map(zone).collect(),
            vpc: VPC.to_owned(),
            address_pool: self.address_pool,
            credentials: self.credential.iter().cloned().collect(),
            files: elbow_api::NodeFiles {
                data_directory: Some(absolute(&self.data_dir)),
                master_key_file: self.master_key_file.as_deref().map(absolute),
            },
        }
    }
}

/// Where a file is, whatever directory somebody asks from.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn cores() -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u16::try_from(cores).unwrap_or(MAX_WORKERS).min(MAX_WORKERS)
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).map_err(|error| error.to_string())
}

fn address_pool(text: &str) -> Result<AddressPool, String> {
    AddressPool::parse(text).map_err(|error| error.to_string())
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        given: Given,
    }

    fn flags(flags: &[&str]) -> Given {
        let line = std::iter::once("elbow").chain(flags.iter().copied());
        Line::try_parse_from(line).expect("flags").given
    }

    fn file(text: &str) -> tempfile::TempPath {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.into_temp_path()
    }

    #[test]
    fn nothing_given_is_a_laptop() {
        let settings = Given::default().complete(None, Secrets::default()).unwrap();
        assert_eq!(settings.data_dir, PathBuf::from("./elbow-data"));
        assert_eq!(settings.api_address.to_string(), "127.0.0.1:7070");
        assert_eq!(settings.listen_address.to_string(), "127.0.0.1");
        assert_eq!(settings.account.as_str(), "000000000000");
        assert_eq!(settings.key_rotation, Duration::from_secs(86_400));
        assert!(settings.workers >= 1 && settings.regions.is_empty() && settings.zones.is_empty());
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let path = file("workers = 3\napi-address = '127.0.0.1:1'\nzone = ['z1=subnet-1,subnet-2', 'z2']\n");
        let settings = flags(&["--workers", "5"]).complete(Some(&path), Secrets::default()).unwrap();
        assert_eq!((settings.workers, settings.api_address.port()), (5, 1));
        assert_eq!(settings.zones.len(), 2);
        assert_eq!(settings.zones[0].1.len(), 2);
    }

    #[test]
    fn wrong_settings_are_one_line_that_says_where() {
        let table = [
            ("workers = 0", "workers"),
            ("wrokers = 1", "wrokers"),
            ("account-id = '12'", "twelve digits"),
            ("region = ['US']", "region"),
            ("zone = ['a=net-1']", "subnet"),
            ("zone = ['a', 'a']", "twice"),
            ("address-pool = '10.0.0.0'", "block"),
            ("ec2-endpoint-url = 'ftp://localhost'", "--ec2-endpoint-url"),
            ("s3-endpoint-url = 'ftp://localhost'", "--s3-endpoint-url"),
            ("ec2-refresh-seconds = 0", "ec2-refresh-seconds"),
            ("= 1", "line 1"),
        ];
        for (text, word) in table {
            let path = file(text);
            let error = Given::default().complete(Some(&path), Secrets::default()).expect_err(text);
            assert!(error.contains(word) && !error.contains('\n'), "{text}: {error}");
        }
        let half = flags(&["--access-key-id", "AKIATEST"]).complete(None, Secrets::default()).unwrap_err();
        assert!(half.contains("ELBOW_SECRET_ACCESS_KEY"), "{half}");
    }

    #[test]
    fn an_ec2_endpoint_is_asked_with_the_keys_of_aws() {
        let secrets = |id: &str, secret: &str, token: Option<&str>| Secrets {
            secret_access_key: None,
            aws_access_key_id: Some(id.to_owned()),
            aws_secret_access_key: Some(secret.to_owned()),
            aws_session_token: token.map(str::to_owned),
        };
        let path = file("ec2-endpoint-url = 'http://localhost:7070'\nec2-refresh-seconds = 3\n");
        let good = secrets("AKIDEXAMPLE", "long-enough", Some("token"));
        let ec2 = Given::default().complete(Some(&path), good).unwrap().ec2.unwrap();
        assert_eq!((ec2.url.to_string().as_str(), ec2.refresh.as_secs()), ("http://localhost:7070/", 3));
        assert_eq!(ec2.keys.credential.id.as_str(), "AKIDEXAMPLE");
        assert!(
            !format!("{:?}", ec2.keys).contains("long-enough")
                && !format!("{:?}", ec2.keys).contains("token\"")
        );
        for (wrong, word) in [
            (Secrets::default(), "AWS_ACCESS_KEY_ID"),
            (secrets("no key", "long-enough", None), "AWS_ACCESS_KEY_ID"),
            (secrets("AKIDEXAMPLE", "short", None), "AWS_SECRET_ACCESS_KEY"),
            (secrets("AKIDEXAMPLE", "long-enough", Some("a\nb")), "AWS_SESSION_TOKEN"),
        ] {
            let error = Given::default().complete(Some(&path), wrong).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
        let without = Given::default().complete(None, secrets("AKIDEXAMPLE", "long-enough", None)).unwrap();
        assert!(without.ec2.is_none());
    }
}
