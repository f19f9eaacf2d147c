//! A world for one test: an API over an empty store, a clock that stands still until it is moved, numbers that count
//! up, and a caller who signs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use elbow_api::explanation::{Explainer, Explanation, Question};
use elbow_api::instances::InstanceReader;
use elbow_api::objects::{ObjectName, ObjectStore, ReadObject, Unread, Unwritten, WriteObject};
use elbow_api::sigv4::Service;
use elbow_api::{
    AddressPool, Api, Counted, KeyPurpose, KeyRing, KeyRingRefusal, KeyUse, ListenerAdmission, NodeFiles,
    Settings, Surroundings, TargetHealthReader, sigv4,
};
use elbow_certificates::authority::{self, Names};
use elbow_certificates::pem;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    AccessKeyId, AccountId, AnomalyDetection, Change, Configuration, Credential, Entity, HealthReason,
    HealthState, Instance, InstanceId, InstanceSource, KeyAlgorithm, KeyGeneration, Port, Region, Secret,
    TargetHealth, Timestamp, Zone,
};
use elbow_store::{Memory, Revision, State, Store};
use http::{Request, Response};

/// The moment at which every world begins.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_440_938_160);

/// Parameters of a call.
pub(crate) type Parameters<'a> = &'a [(&'a str, &'a str)];

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) api: Arc<Api>,
    pub(crate) state: Arc<State>,
    clock: Arc<AtomicU64>,
    refused_ports: Arc<Mutex<BTreeSet<u16>>>,
    files: Arc<Files>,
    health: Arc<Told>,
    pub(crate) counted: Counted,
    pub(crate) explained: Arc<Explained>,
    pub(crate) credential: Credential,
    pub(crate) region: Region,
}

/// Every target is as it was told, or else healthy, and fails more requests than its peers.
#[derive(Default)]
struct Told(Mutex<BTreeMap<TargetGroupKey, TargetHealth>>);

impl TargetHealthReader for Told {
    fn health(&self, group: TargetGroupKey, _: TargetKey) -> TargetHealth {
        let told = self.0.lock().unwrap().get(&group).copied();
        told.unwrap_or(TargetHealth { state: HealthState::Healthy, reason: None })
    }

    fn anomaly(&self, _: TargetGroupKey, _: TargetKey) -> AnomalyDetection {
        AnomalyDetection { anomalous: true, mitigated: false }
    }
}

/// Of every request it is known what is said here, and which came last.
#[derive(Default)]
pub(crate) struct Explained {
    pub(crate) told: Mutex<Option<Explanation>>,
    pub(crate) asked: Mutex<(String, Option<IpAddr>)>,
}

impl Explainer for Explained {
    fn explain(&self, question: &Question<'_>) -> Result<Explanation, String> {
        let head = String::from_utf8(question.head.to_vec()).unwrap();
        *self.asked.lock().unwrap() = (head, Some(question.source));
        self.told.lock().unwrap().clone().ok_or_else(|| "The listener serves no requests".to_owned())
    }
}

struct Refusing(Arc<Mutex<BTreeSet<u16>>>);

impl ListenerAdmission for Refusing {
    fn check(&self, _: Option<IpAddr>, port: Port) -> Result<(), String> {
        let refused = self.0.lock().unwrap().contains(&port.get());
        if refused {
            Err(format!("The port {port} cannot be bound; use --listener-port-offset"))
        } else {
            Ok(())
        }
    }
}

/// Files by their names, `s3://BUCKET/KEY`.
#[derive(Default)]
struct Files(Mutex<BTreeMap<String, Vec<u8>>>);

impl ObjectStore for Files {
    fn read<'a>(&'a self, _: &'a Region, object: &'a ObjectName, most: usize) -> ReadObject<'a> {
        Box::pin(async move {
            let found = self.0.lock().unwrap().get(&object.to_string()).cloned();
            match found {
                None => Err(Unread::Absent(format!("{object} is not there"))),
                Some(content) if content.len() > most => Err(Unread::TooLarge("it is too large".to_owned())),
                Some(content) if content == b"away" => Err(Unread::Unavailable("nobody answers".to_owned())),
                Some(content) => Ok(content),
            }
        })
    }

    /// There is no bucket `denied`.
    fn write<'a>(&'a self, _: &'a Region, object: &'a ObjectName, content: Bytes) -> WriteObject<'a> {
        Box::pin(async move {
            if object.bucket() == "denied" {
                return Err(Unwritten("it is not ours".to_owned()));
            }
            self.0.lock().unwrap().insert(object.to_string(), content.into());
            Ok(())
        })
    }
}

/// Keys with numbers in their order; the first issues, and there may be three.
struct Numbered;

impl KeyRing for Numbered {
    fn generations(
        &self,
        configuration: &Configuration,
        _: Timestamp,
    ) -> Result<Vec<KeyUse>, KeyRingRefusal> {
        let told = |it: &Arc<KeyGeneration>| KeyUse {
            id: format!("{:08x}", it.id),
            created: it.created,
            issues_from: it.promoted,
            accepted_until: (it.id > 1).then_some(it.promoted),
            purpose: if it.id == 1 { KeyPurpose::Issuing } else { KeyPurpose::Waiting },
        };
        Ok(configuration.key_generations.values().map(told).collect())
    }

    fn rotation(&self, configuration: &Configuration, now: Timestamp) -> Result<Vec<Change>, KeyRingRefusal> {
        match u32::try_from(configuration.key_generations.len()) {
            Ok(many @ 0..3) => {
                let next = KeyGeneration { id: many + 1, secret: [7; 16], created: now, promoted: now };
                Ok(vec![Change::Put(Entity::KeyGeneration(Arc::new(next)))])
            }
            _ => Err(KeyRingRefusal::Full("There are three".to_owned())),
        }
    }

    fn next_rotation(&self, _: &Configuration) -> Timestamp {
        START
    }
}

pub(crate) fn credential(id: &str, secret: &str) -> Credential {
    Credential { id: AccessKeyId::parse(id).unwrap(), secret: Secret::parse(secret).unwrap(), created: START }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world whose settings were changed.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(Arc::new(Memory::new()), change)
    }

    /// A world over any store.
    pub(crate) fn over(store: Arc<dyn Store>, change: impl FnOnce(&mut Settings)) -> Self {
        Self::made_of(store, change, None)
    }

    /// A world in which somebody knows instances that the directory does not.
    pub(crate) fn beside(ec2: Arc<dyn InstanceReader>) -> Self {
        Self::made_of(Arc::new(Memory::new()), |_| {}, Some(ec2))
    }

    fn made_of(
        store: Arc<dyn Store>,
        change: impl FnOnce(&mut Settings),
        instances: Option<Arc<dyn InstanceReader>>,
    ) -> Self {
        let credential = credential("AKIDEXAMPLE", "a-secret-that-nobody-knows");
        let mut settings = Settings {
            account: AccountId::parse("000000000000").unwrap(),
            regions: vec![],
            zones: vec![],
            vpc: "vpc-elbow".to_owned(),
            address_pool: None,
            credentials: vec![credential.clone()],
            files: NodeFiles::default(),
        };
        change(&mut settings);
        let clock = Arc::new(AtomicU64::new(START.as_millis()));
        let numbers = AtomicU64::new(0x0123_4567_89ab_0000);
        let refused_ports = Arc::default();
        let files: Arc<Files> = Arc::default();
        let health: Arc<Told> = Arc::default();
        let counted = Counted::default();
        let explained: Arc<Explained> = Arc::default();
        let surroundings = Surroundings {
            clock: {
                let clock = Arc::clone(&clock);
                Arc::new(move || Timestamp::from_millis(clock.load(Ordering::Relaxed)))
            },
            random: Arc::new(move || numbers.fetch_add(1, Ordering::Relaxed)),
            health: Arc::clone(&health) as Arc<dyn TargetHealthReader>,
            admission: Arc::new(Refusing(Arc::clone(&refused_ports))),
            instances,
            objects: Arc::clone(&files) as Arc<dyn ObjectStore>,
            keys: Arc::new(Numbered),
            counted: counted.clone(),
            explainer: Arc::clone(&explained) as Arc<dyn Explainer>,
        };
        let state = Arc::new(State::new(store));
        let api = Arc::new(Api::new(Arc::clone(&state), settings, surroundings));
        let region = Region::parse("us-east-1").unwrap();
        Self { api, state, clock, refused_ports, files, health, counted, explained, credential, region }
    }

    /// The same world, seen by a caller of another region.
    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self { region: Region::parse(region).unwrap(), ..self.clone() }
    }

    /// The same world, called with another pair.
    pub(crate) fn with_credential(&self, credential: Credential) -> Self {
        Self { credential, ..self.clone() }
    }

    pub(crate) fn pass_seconds(&self, seconds: u64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::Relaxed))
    }

    /// Puts a file into the bucket `trust`.
    pub(crate) fn put_file(&self, key: &str, content: &[u8]) {
        self.files.0.lock().unwrap().insert(format!("s3://trust/{key}"), content.to_vec());
    }

    /// What is in a file, `s3://BUCKET/KEY`.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        let content = self.files.0.lock().unwrap().get(name).cloned()?;
        Some(String::from_utf8(content).unwrap())
    }

    pub(crate) fn remove_file(&self, name: &str) {
        self.files.0.lock().unwrap().remove(name);
    }

    /// From now on the targets of this group do like this.
    pub(crate) fn tell_health(&self, group: TargetGroupKey, state: HealthState, reason: HealthReason) {
        let health = TargetHealth { state, reason: Some(reason) };
        self.health.0.lock().unwrap().insert(group, health);
    }

    pub(crate) fn refuse_port(&self, port: u16) {
        self.refused_ports.lock().unwrap().insert(port);
    }

    pub(crate) fn revision(&self) -> Revision {
        self.state.current().revision
    }

    /// Puts things into the store, past the API.
    pub(crate) fn put(&self, entities: &[Entity]) {
        let step = |_: &_| Ok::<_, ()>((entities.iter().cloned().map(Change::Put).collect(), ()));
        block_on(self.state.update(step)).unwrap();
    }

    pub(crate) fn put_instance(&self, id: &str, zone: &str) {
        self.put(&[Entity::Instance(Arc::new(Instance {
            id: InstanceId::parse(id).unwrap(),
            address: "10.0.0.5".parse().unwrap(),
            zone: Zone::parse(zone).unwrap(),
            source: InstanceSource::Operator,
        }))]);
    }

    /// A signed call of ELBv2.
    pub(crate) fn call(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        self.call_version("2015-12-01", action, parameters)
    }

    pub(crate) fn call_version(&self, version: &str, action: &str, parameters: Parameters<'_>) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", version).extend_pairs(parameters);
        self.post(form.finish().as_bytes())
    }

    /// A signed request with any body.
    pub(crate) fn post(&self, body: &[u8]) -> Answer {
        let request = Request::post("/")
            .header("host", "127.0.0.1:7070")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        self.send(self.signed(request.body(Bytes::copy_from_slice(body)).unwrap()))
    }

    pub(crate) fn signed(&self, request: Request<Bytes>) -> Request<Bytes> {
        let (mut parts, body) = request.into_parts();
        sigv4::sign(&mut parts, &body, &self.credential, &self.region, self.now());
        Request::from_parts(parts, body)
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Answer {
        Answer::read(&block_on(self.api.handle(request)))
    }

    /// A call that succeeds.
    pub(crate) fn ok(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        let answer = self.call(action, parameters);
        assert_eq!(answer.status, 200, "{action} {parameters:?}: {}", answer.text);
        answer
    }

    /// A call that is refused with this code and a message that contains `message`, and changes nothing.
    pub(crate) fn refused(&self, action: &str, parameters: Parameters<'_>, code: &str, message: &str) {
        let before = self.revision();
        let answer = self.call(action, parameters);
        assert_eq!(answer.value("Error/Code"), code, "{action} {parameters:?}: {}", answer.text);
        let said = answer.value("Error/Message");
        assert!(said.contains(message), "{action} {parameters:?} said: {said}");
        assert_eq!(self.revision(), before, "{action} {parameters:?} was refused and changed something");
    }

    /// A call of the API of Classic Load Balancers that succeeds.
    pub(crate) fn classic(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        let answer = self.call_version("2012-06-01", action, parameters);
        assert_eq!(answer.status, 200, "{action} {parameters:?}: {}", answer.text);
        answer
    }

    /// One that is refused with this code and a message that contains `message`, and changes nothing.
    pub(crate) fn classic_refused(
        &self,
        action: &str,
        parameters: Parameters<'_>,
        code: &str,
        message: &str,
    ) {
        let before = self.revision();
        let answer = self.call_version("2012-06-01", action, parameters);
        assert_eq!(answer.value("Error/Code"), code, "{action} {parameters:?}: {}", answer.text);
        let said = answer.value("Error/Message");
        assert!(said.contains(message), "{action} {parameters:?} said: {said}");
        assert_eq!(self.revision(), before, "{action} {parameters:?} was refused and changed something");
    }

    /// A Classic Load Balancer in one zone, with one listener that speaks the same to port 8080 of instances.
    pub(crate) fn create_classic(&self, name: &str, protocol: &str, port: &str) -> Answer {
        let mut parameters = vec![("LoadBalancerName", name), ("AvailabilityZones.member.1", "us-east-1a")];
        parameters.extend(listener(protocol, port));
        self.classic("CreateLoadBalancer", &parameters)
    }

    pub(crate) fn create_load_balancer(&self, name: &str) -> String {
        let parameters = [("Name", name), ("Subnets.member.1", "subnet-1"), ("Subnets.member.2", "subnet-2")];
        self.ok("CreateLoadBalancer", &parameters).value("LoadBalancers/member/LoadBalancerArn")
    }

    /// A target group of type `ip` with port 80.
    pub(crate) fn create_target_group(&self, name: &str) -> String {
        let parameters = [("Name", name), ("Protocol", "HTTP"), ("Port", "80"), ("TargetType", "ip")];
        self.ok("CreateTargetGroup", &parameters).value("TargetGroups/member/TargetGroupArn")
    }

    pub(crate) fn create_listener(&self, balancer: &str, port: &str, group: &str) -> String {
        let parameters = forward(balancer, port, group);
        self.ok("CreateListener", &parameters).value("Listeners/member/ListenerArn")
    }

    /// A certificate that was uploaded under this name, by its ARN.
    pub(crate) fn upload_certificate(&self, name: &str) -> String {
        let answer = self.iam("UploadServerCertificate", &self.certificate_parts(name).each_ref());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.value("ServerCertificateMetadata/Arn")
    }

    /// What is uploaded: name, certificate, key, chain.
    pub(crate) fn certificate_parts(&self, name: &str) -> [(&'static str, String); 4] {
        let authority = authority::create(self.now()).unwrap();
        let names = Names::parse(["shop.example.com"]).unwrap();
        let issued = authority::issue(&authority, &names, KeyAlgorithm::P256, self.now()).unwrap();
        [
            ("ServerCertificateName", name.to_owned()),
            ("CertificateBody", pem::certificate(&issued.certificate)),
            ("PrivateKey", pem::private_key(&issued.private_key)),
            ("CertificateChain", pem::chain(&issued.chain)),
        ]
    }

    /// A signed call of IAM.
    pub(crate) fn iam(&self, action: &str, parameters: &[&(&str, String)]) -> Answer {
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, it)| (*name, it.as_str())).collect();
        self.ask_signed_for(Service::Iam, "2010-05-08", action, &parameters)
    }

    /// A rule for `/x` that answers with 404.
    pub(crate) fn create_rule(&self, listener: &str, priority: &str) -> String {
        let parameters = [
            ("ListenerArn", listener),
            ("Priority", priority),
            ("Conditions.member.1.Field", "path-pattern"),
            ("Conditions.member.1.Values.member.1", "/x"),
            ("Actions.member.1.Type", "fixed-response"),
            ("Actions.member.1.FixedResponseConfig.StatusCode", "404"),
        ];
        self.ok("CreateRule", &parameters).value("Rules/member/RuleArn")
    }
}

/// The parameters of a listener of a Classic Load Balancer.
pub(crate) fn listener<'a>(protocol: &'a str, port: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("Listeners.member.1.Protocol", protocol),
        ("Listeners.member.1.LoadBalancerPort", port),
        ("Listeners.member.1.InstancePort", "8080"),
    ]
}

/// The parameters of a listener that forwards to `group`.
pub(crate) fn forward<'a>(balancer: &'a str, port: &'a str, group: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("LoadBalancerArn", balancer),
        ("Protocol", "HTTP"),
        ("Port", port),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", group),
    ]
}

pub(crate) fn pool(text: &str) -> AddressPool {
    AddressPool::parse(text).unwrap()
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

/// An answer, read by a parser that accepts only well-formed XML.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) request_id: String,
    root: Element,
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Answer {
    fn read(response: &Response<Bytes>) -> Self {
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/xml");
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        let root = parse(&text);
        Self { status: response.status().as_u16(), request_id: header("x-amzn-requestid"), root, text }
    }

    /// The name of the root element.
    pub(crate) fn name(&self) -> &str {
        &self.root.name
    }

    /// The text of the only element at `path`, below the root or below the result.
    pub(crate) fn value(&self, path: &str) -> String {
        let values = self.values(path);
        let [value] = values.as_slice() else { panic!("{} elements at {path}: {}", values.len(), self.text) };
        value.clone()
    }

    /// The texts of all elements at `path`.
    pub(crate) fn values(&self, path: &str) -> Vec<String> {
        self.at(path).iter().map(|element| element.text.clone()).collect()
    }

    /// How many elements are at `path`.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.at(path).len()
    }

    fn at(&self, path: &str) -> Vec<&Element> {
        let result = self.root.children.iter().find(|child| child.name.ends_with("Result"));
        let mut found = vec![result.unwrap_or(&self.root)];
        for name in path.split('/') {
            found = found
                .iter()
                .flat_map(|element| element.children.iter().filter(|it| it.name == name))
                .collect();
        }
        found
    }

    /// Key and value of every member of a list of such pairs.
    pub(crate) fn pairs(&self, list: &str) -> Vec<(String, String)> {
        let keys = self.values(&format!("{list}/member/Key"));
        keys.into_iter().zip(self.values(&format!("{list}/member/Value"))).collect()
    }
}

fn parse(text: &str) -> Element {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
            Event::Start(start) => open.push(element(start.name().as_ref())),
            Event::Empty(start) => open.last_mut().unwrap().children.push(element(start.name().as_ref())),
            Event::Text(part) => open.last_mut().unwrap().text.push_str(&part),
            Event::GeneralRef(reference) => {
                let name = &*reference;
                let known = quick_xml::escape::unescape(&format!("&{name};")).unwrap().into_owned();
                open.last_mut().unwrap().text.push_str(&known);
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Eof => break,
            other => panic!("{other:?} in {text}"),
        }
    }
    assert_eq!(open.len(), 1, "{text}");
    let mut roots = open.remove(0).children;
    assert_eq!(roots.len(), 1, "{text}");
    roots.remove(0)
}

fn element(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}
