//! LIFF apps of a LINE Login or MINI App channel, by that channel's own token.

use super::{AccessToken, Answer, Call, CallError, CallResult, Client};
use crate::endpoint;
use crate::json::object;
use serde::Deserialize;

object! {
    /// A LIFF app: to be made, or as LINE tells of it. A channel holds at most 30.
    LiffApp {
        /// What it opens.
        view: LiffView,
    } ? {
        /// LINE's id, when LINE tells of it.
        liff_id: String,
        /// Its name; must not resemble LINE's.
        description: String,
        /// Switches.
        features: LiffFeatures,
        /// Always `concat`.
        permanent_link_pattern: String,
        /// `openid`, `email`, `profile`, `chat_message.write`.
        scope: Vec<String>,
        /// `normal`, `aggressive` or `none`.
        bot_prompt: String,
    }

    /// What a LIFF app opens.
    LiffView {
        /// `compact`, `tall` or `full`.
        r#type: String,
        /// https, without fragment.
        url: String,
    } ? {
        /// Without the header's buttons.
        module_mode: bool,
    }

    /// Changes to a LIFF app; what is absent stays.
    LiffChange {
    } ? {
        /// What it opens.
        view: LiffViewChange,
        /// Its name.
        description: String,
        /// Switches.
        features: LiffFeatures,
        /// Always `concat`.
        permanent_link_pattern: String,
        /// Scopes.
        scope: Vec<String>,
        /// `normal`, `aggressive` or `none`.
        bot_prompt: String,
    }

    /// Changes to what it opens.
    LiffViewChange {
    } ? {
        /// `compact`, `tall` or `full`.
        r#type: String,
        /// https, without fragment.
        url: String,
        /// Without the header's buttons.
        module_mode: bool,
    }

    /// Switches.
    LiffFeatures {
    } ? {
        /// Scanning of codes.
        qr_code: bool,
    }
}

impl Client {
    /// Makes a LIFF app and gives its id.
    pub async fn create_liff_app(&self, token: &AccessToken, app: &LiffApp) -> CallResult<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            liff_id: String,
        }
        let call = Call::new(endpoint::LIFF_CREATE).token(token).json(app)?;
        let answer: Answer<Wire> = self.get(call).await?;
        Ok(Answer { value: answer.value.liff_id, request_id: answer.request_id })
    }

    /// All LIFF apps of the channel. LINE says 404 when there is none; here that is an empty list.
    pub async fn liff_apps(&self, token: &AccessToken) -> CallResult<Vec<LiffApp>> {
        #[derive(Deserialize)]
        struct Wire {
            apps: Vec<LiffApp>,
        }
        match self.get::<Wire>(Call::new(endpoint::LIFF_LIST).token(token)).await {
            Ok(answer) => Ok(Answer { value: answer.value.apps, request_id: answer.request_id }),
            Err(CallError::Refused(refusal)) if refusal.status == 404 => {
                Ok(Answer { value: Vec::new(), request_id: refusal.request_id })
            }
            Err(error) => Err(error),
        }
    }

    /// Changes one.
    pub async fn update_liff_app(&self, token: &AccessToken, liff_id: &str, change: &LiffChange) -> CallResult<()> {
        self.done(Call::at(endpoint::LIFF_UPDATE, &[liff_id])?.token(token).json(change)?).await
    }

    /// Removes one.
    pub async fn delete_liff_app(&self, token: &AccessToken, liff_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::LIFF_DELETE, &[liff_id])?.token(token)).await
    }
}
