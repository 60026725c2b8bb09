//! Ring 2: the components, hooks and calls that an app is made with.
//!
//! * [`AuthAgent`] around the app; [`use_auth`] anywhere below it gives the [`AuthHandle`].
//! * [`SignedIn`], [`SignedOut`], [`Restoring`]: parts of a page that are shown in one state only. [`RequireSignIn`]: a whole page.
//! * [`AuthHandle::fetch`]: a call with the access token. There is no way to get at the token itself.
//! * `FlowInspector` (feature `inspector`): the protocol as it happens in this page, drawn.
//! * [`read_configuration`]: the block in `index.html`.

mod api_call;
mod api_error;
mod api_request;
mod api_response;
mod component;
mod configuration;
mod gates;
mod handle;
#[cfg(feature = "inspector")]
mod inspector;
mod neighbours;
mod refusal;
mod require_sign_in;
mod trace;

#[cfg(feature = "inspector")]
pub use self::inspector::{FlowInspector, FlowInspectorProps};
pub use self::{
    api_error::ApiError,
    api_request::ApiRequest,
    api_response::ApiResponse,
    component::{AuthAgent, AuthAgentProps, use_auth},
    configuration::read_configuration,
    gates::{GateProps, Restoring, SignedIn, SignedOut},
    handle::AuthHandle,
    require_sign_in::{RequireSignIn, RequireSignInProps},
};
