//! Models as they are named on the command line and in JSON.

use clap::ValueEnum;
use ltv::purchase::{Method, Model};

/// A purchase model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelName {
    /// BG/NBD.
    Bgnbd,
    /// MBG/NBD.
    Mbgnbd,
    /// Pareto/NBD.
    Pnbd,
    /// NBD, without dropout.
    Nbd,
}

impl From<ModelName> for Model {
    fn from(name: ModelName) -> Self {
        match name {
            ModelName::Bgnbd => Self::BgNbd,
            ModelName::Mbgnbd => Self::MbgNbd,
            ModelName::Pnbd => Self::ParetoNbd,
            ModelName::Nbd => Self::Nbd,
        }
    }
}

/// A model's name in JSON.
pub fn name(model: Model) -> &'static str {
    match model {
        Model::BgNbd => "bgnbd",
        Model::MbgNbd => "mbgnbd",
        Model::ParetoNbd => "pnbd",
        Model::Nbd => "nbd",
    }
}

/// A contestant's name in JSON.
pub fn method(method: Method) -> &'static str {
    match method {
        Method::Model(model) => name(model),
        Method::Naive => "naive",
    }
}
