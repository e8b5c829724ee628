//! Whole ceremonies on both stores, with an authenticator of our own: the library must not judge itself.

use std::sync::mpsc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest, Sha256};
use store::testing::both;

use super::*;
use crate::access::{Actor, Role, staff};
use crate::delivery::testing::World;
use crate::ids::WorkspaceId;
use crate::schema::MIGRATIONS;

const NOW: i64 = 1_800_000_000_000;
const ORIGIN: &str = "https://enishi.example.com";

/// A security key in software: ES256, no attestation (WebAuthn §6, §8.7; CTAP2 canonical CBOR).
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    user: Vec<u8>,
    counter: u32,
    host: &'static str,
}

impl Device {
    fn new(host: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let id = Sha256::digest(key.public_key().as_ref())[..16].to_vec();
        Self { key, id, user: Vec::new(), counter: 0, host }
    }

    /// Present and verified; `more` is set when a key follows.
    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(0x05 | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn create(&mut self, options: &Value, origin: &str) -> Value {
        self.user = BASE64.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let mut data = self.data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(&data);
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "attestationObject": BASE64.encode(attestation),
                "clientDataJSON": BASE64.encode(Self::client("webauthn.create", options, origin)),
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }

    fn sign(&mut self, options: &Value, origin: &str) -> Value {
        self.counter += 1;
        self.sign_again(options, origin)
    }

    fn sign_again(&self, options: &Value, origin: &str) -> Value {
        let (data, client) = (self.data(0), Self::client("webauthn.get", options, origin));
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "authenticatorData": BASE64.encode(data), "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature.as_ref()), "userHandle": BASE64.encode(&self.user),
            },
            "clientExtensionResults": {},
        })
    }
}

struct Door {
    store: Store,
    site: Site,
    workspace: WorkspaceId,
    user: UserId,
}

impl Door {
    async fn new(store: &Store) -> Self {
        let world = World::new(store).await;
        let (workspace, store) = (world.workspace, store.clone());
        let act = Act { workspace, actor: Actor::Cli, at: NOW };
        let made = store.write(move |tx| staff::add_user(tx, &act, "hanako@example.com", Role::Owner, "$argon2id$x"));
        let user = made.await.unwrap();
        Self { site: decide::site(&ORIGIN.parse().unwrap()).unwrap(), workspace, user, store }
    }

    fn act(&self) -> Act {
        Act { workspace: self.workspace, actor: Actor::User(self.user), at: NOW }
    }

    async fn begin(&self) -> (String, Value) {
        let (site, id) = (self.site.clone(), self.user.0);
        let asked = self.store.write(move |tx| {
            let secret = Secret::draw();
            let owner = Owner { id, email: "hanako@example.com", name: "花子" };
            let asked = ask_new(tx, &site, &secret, owner, NOW)?;
            Ok::<_, Error>((secret.reveal().to_owned(), asked.options))
        });
        asked.await.unwrap()
    }

    async fn register(&self, device: &mut Device, origin: &str) -> Result<(Passkey, bool)> {
        let (challenge, options) = self.begin().await;
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        let credential = device.create(&options, origin);
        self.answer_new(challenge, credential).await
    }

    async fn answer_new(&self, challenge: String, credential: Value) -> Result<(Passkey, bool)> {
        let new = NewPasskey {
            user: self.user,
            name: "仕事のパソコン".to_owned(),
            answered: Answered { challenge, credential },
            session: [1; 32],
            codes: second::draw_codes(),
        };
        register(&self.store, (&self.site, &Vault::new([7; 32])), self.act(), new, NOW).await
    }

    async fn ask(&self, at: i64) -> (String, Value) {
        let asked = decide::ask_any(&self.site).unwrap();
        let options = asked.options.clone();
        let kept = self.store.write(move |tx| {
            let secret = Secret::draw();
            ask(tx, &secret, &asked, at)?;
            Ok::<_, Error>(secret.reveal().to_owned())
        });
        (kept.await.unwrap(), options)
    }

    async fn answer(&self, challenge: String, credential: Value) -> std::result::Result<Stored, Problem> {
        prove(&self.store, &self.site, Answered { challenge, credential }, NOW).await
    }

    async fn enter(&self, device: &mut Device, origin: &str) -> std::result::Result<Stored, Problem> {
        let (challenge, options) = self.ask(NOW).await;
        let credential = device.sign(&options, origin);
        self.answer(challenge, credential).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_the_door_and_only_once_per_challenge() {
    both(MIGRATIONS, async |_, store| {
        let (door, mut device) = (Door::new(&store).await, Device::new("enishi.example.com"));
        let (kept, first) = door.register(&mut device, ORIGIN).await.unwrap();
        assert_eq!(
            (kept.name.as_str(), kept.host.as_str(), kept.used_at, first),
            ("仕事のパソコン", "enishi.example.com", None, true)
        );
        let user = door.user;
        let (on, has_code, codes) = door
            .store
            .read(move |tx| {
                Ok::<_, Error>((second::is_on(tx, user)?, second::has_code(tx, user)?, second::db::codes_left(tx, user)?))
            })
            .await
            .unwrap();
        assert_eq!((on, has_code, codes), (true, false, 10));
        assert!(door.register(&mut device, ORIGIN).await.is_err(), "the same device again");

        let (challenge, options) = door.ask(NOW).await;
        let credential = device.sign(&options, ORIGIN);
        assert_eq!(door.answer(challenge.clone(), credential.clone()).await.unwrap().user, user);
        assert!(matches!(door.answer(challenge, credential.clone()).await, Err(Problem::Stale)), "used");
        let (other, _) = door.ask(NOW).await;
        assert!(
            matches!(door.answer(other.clone(), credential).await, Err(Problem::Refused(Refused::Wrong, _))),
            "of another question"
        );
        let (_, options) = door.ask(NOW).await;
        let late = device.sign(&options, ORIGIN);
        assert!(matches!(door.answer(other, late).await, Err(Problem::Stale)), "a wrong answer uses it up too");
        let (old, options) = door.ask(NOW - CHALLENGE_MS).await;
        let credential = device.sign(&options, ORIGIN);
        assert!(matches!(door.answer(old, credential).await, Err(Problem::Stale)), "too late");
        assert!(door.enter(&mut device, ORIGIN).await.is_ok());
        let used = door.store.read(move |tx| db::list(tx, user)).await.unwrap();
        assert_eq!(used[0].used_at, Some(NOW));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused() {
    both(MIGRATIONS, async |_, store| {
        let (door, mut device) = (Door::new(&store).await, Device::new("enishi.example.com"));
        assert!(door.register(&mut device, "https://enishi.example.com.evil.example").await.is_err(), "a foreign page");
        let (challenge, options) = door.begin().await;
        let mut bad = device.create(&options, ORIGIN);
        bad["clientExtensionResults"]["credProps"]["rk"] = json!(false);
        assert!(door.answer_new(challenge, bad).await.is_err(), "not kept by the device");
        door.register(&mut device, ORIGIN).await.unwrap();

        for origin in ["https://evil.example", "http://enishi.example.com", "https://enishi.example.com:8443"] {
            let entered = door.enter(&mut device, origin).await;
            assert!(matches!(entered, Err(Problem::Refused(Refused::Wrong, Some(_)))), "{origin}");
        }
        let mut stranger = Device::new("enishi.example.com");
        stranger.user = device.user.clone();
        assert!(matches!(door.enter(&mut stranger, ORIGIN).await, Err(Problem::Unknown)));
        stranger.id = device.id.clone();
        assert!(matches!(door.enter(&mut stranger, ORIGIN).await, Err(Problem::Refused(Refused::Wrong, _))), "another key");

        door.enter(&mut device, ORIGIN).await.unwrap();
        let (challenge, options) = door.ask(NOW).await;
        let copied = device.sign_again(&options, ORIGIN);
        assert!(
            matches!(door.answer(challenge, copied).await, Err(Problem::Refused(Refused::Copied, Some(_)))),
            "the count stood"
        );
        let (challenge, options) = door.ask(NOW).await;
        let own = device.user.clone();
        device.user = uuid::Uuid::from_u128(9).as_bytes().to_vec();
        let other = device.sign(&options, ORIGIN);
        assert!(matches!(door.answer(challenge, other).await, Err(Problem::Refused(Refused::Wrong, _))), "somebody else's");
        device.user = own;
        door.enter(&mut device, ORIGIN).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_one_stays_where_a_second_step_is_required() {
    both(MIGRATIONS, async |_, store| {
        let (door, mut one, mut two) =
            (Door::new(&store).await, Device::new("enishi.example.com"), Device::new("enishi.example.com"));
        let (first, codes) = door.register(&mut one, ORIGIN).await.unwrap();
        assert!(codes);
        let (second, codes) = door.register(&mut two, ORIGIN).await.unwrap();
        assert!(!codes, "recovery codes are given out once");
        let (act, user) = (door.act(), door.user);
        let take = async |id: PasskeyId| {
            let act = act.clone();
            door.store.write(move |tx| remove(tx, &act, user, id)).await
        };
        let demand = async |demand: second::Demand| {
            let act = act.clone();
            door.store.write(move |tx| second::demand(tx, &act, demand, Some(user))).await
        };
        demand(second::Demand::All).await.unwrap();
        take(first.id).await.unwrap();
        assert!(matches!(take(second.id).await, Err(Error::Conflict { .. })));
        assert!(matches!(door.enter(&mut one, ORIGIN).await, Err(Problem::Unknown)), "removed");
        door.enter(&mut two, ORIGIN).await.unwrap();
        demand(second::Demand::Nobody).await.unwrap();
        take(second.id).await.unwrap();
        let left = door.store.read(move |tx| second::db::codes_left(tx, user)).await.unwrap();
        assert_eq!(left, 0);
        assert!(matches!(take(second.id).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_two_second_steps_are_not_removed_at_once() {
    both(MIGRATIONS, async |_, store| {
        let door = Door::new(&store).await;
        let (passkey, _) = door.register(&mut Device::new("enishi.example.com"), ORIGIN).await.unwrap();
        let (user, act) = (door.user, door.act());
        let set = store.write(move |tx| {
            second::db::put(tx, user, &[1], NOW)?;
            second::db::confirm(tx, user, NOW)?;
            second::demand(tx, &act, second::Demand::All, Some(user))
        });
        set.await.unwrap();
        let (removed, is_removed) = mpsc::channel();
        let (answered, is_answered) = mpsc::channel::<()>();
        let (early, act) = (store.clone(), door.act());
        let early = tokio::spawn(async move {
            let take = move |tx: &mut Tx<'_>| {
                remove(tx, &act, user, passkey.id)?;
                let _ = removed.send(());
                // Not committed before the other one has answered, if it does not wait.
                let _ = is_answered.recv_timeout(Duration::from_millis(500));
                Ok::<_, Error>(())
            };
            early.write(take).await
        });
        tokio::task::spawn_blocking(move || is_removed.recv()).await.unwrap().unwrap();
        let act = door.act();
        let late = store.write(move |tx| second::remove(tx, &act, user)).await;
        let _ = answered.send(());
        early.await.unwrap().unwrap();
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
        assert!(store.read(move |tx| second::is_on(tx, user)).await.unwrap());
    })
    .await;
}
