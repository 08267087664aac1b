/**
 * Directives of httpd that would change which backend a request reaches, or what is answered to it, and that
 * this version does not have. They are errors: what a file says is done, or refused, never skipped.
 */

export interface Later {
  readonly name: string;
  /** What it would do; what to do instead. */
  readonly does: string;
}

const redirects =
  'it answers some requests itself; leave it to a backend, or to a server in front.';
const filters = 'it changes the bodies of answers; leave it to a backend, or to a server in front.';
const headers = 'it changes the headers of answers; write them with Header.';
const users =
  'users prove who they are by AuthType Basic and AuthUserFile alone; use these, or Require ip.';
const scripts = 'it may send requests anywhere; leave it out.';
const certificates = 'this version manages no certificates; leave it out.';

const table: readonly (readonly [names: string, does: string])[] = [
  ['Redirect RedirectMatch RedirectTemp RedirectPermanent FallbackResource', redirects],
  ['ErrorDocument', 'answers of the proxy itself have a fixed body; leave it out.'],
  [
    'RewriteRule',
    'rewriting would change where requests go; express it with ProxyPass and ProxyPassMatch.',
  ],
  ['ProxyRemote ProxyRemoteMatch', 'requests go straight to the members; leave it out.'],
  ['ProxyBlock', 'no host is blocked; leave it out, or write ProxyPass with !.'],
  ['ProxySourceAddress', 'the system chooses the local address; leave it out.'],
  [
    'ProxyExpressDBMFile ProxyExpressDBMType',
    'backends are not looked up in a database; write ProxyPass.',
  ],
  [
    'ProxyWebsocketFallbackToProxyHttp',
    'requests for ws:// members that are no WebSocket always go as plain HTTP; leave it out.',
  ],
  [
    'ProxyHTMLEnable ProxyHTMLEvents ProxyHTMLLinks ProxyHTMLURLMap ProxyHTMLDoctype ProxyHTMLFixups ProxyHTMLMeta ProxyHTMLInterp ProxyHTMLExtended ProxyHTMLStripComments ProxyHTMLBufSize ProxyHTMLCharsetOut xml2EncDefault xml2EncAlias xml2StartParse',
    filters,
  ],
  [
    'SetOutputFilter SetInputFilter AddOutputFilter AddInputFilter FilterDeclare FilterProvider FilterChain FilterProtocol ExtFilterDefine ExtFilterOptions Substitute OutputSed InputSed CaseFilter CaseFilterIn ReflectorHeader CharsetSourceEnc CharsetDefault CharsetOptions ModemStandard ProtocolEcho Protocol',
    filters,
  ],
  ['ForceType', headers],
  ['CacheEnable', 'answers are not cached: every request goes to a backend; leave it out.'],
  ['AllowMethods', 'every method is passed on; leave it to a backend.'],
  [
    'AuthDigestProvider AuthDigestQop AuthDigestNonceLifetime AuthDigestNcCheck AuthDigestAlgorithm AuthDigestDomain AuthDigestShmemSize AuthFormProvider AuthFormUsername AuthFormPassword AuthFormLocation AuthFormMethod AuthFormMimetype AuthFormBody AuthFormSize AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation AuthFormLogoutLocation AuthFormSitePassphrase AuthFormAuthoritative AuthFormFakeBasicAuth AuthFormDisableNoStore AuthBasicUseDigestAlgorithm AuthDBDUserPWQuery AuthDBDUserRealmQuery AuthDBMUserFile AuthDBMType AuthDBMGroupFile AuthzDBMType AuthnCacheSOCache AuthnCacheEnable AuthnCacheProvideFor AuthnCacheTimeout AuthnCacheContext AuthnzFcgiDefineProvider AuthnzFcgiCheckAuthnProvider AuthLDAPURL AuthLDAPBindDN AuthLDAPBindPassword AuthzSendForbiddenOnFailure AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery Anonymous Anonymous_MustGiveEmail Anonymous_NoUserId Anonymous_VerifyEmail Anonymous_LogEmail',
    users,
  ],
  [
    'SessionMaxAge SessionHeader SessionEnv SessionInclude SessionExclude SessionExpiryUpdateInterval SessionCookieName SessionCookieName2 SessionCookieRemove SessionCryptoPassphrase SessionCryptoPassphraseFile SessionCryptoCipher SessionCryptoDriver SessionDBDSelectLabel SessionDBDInsertLabel SessionDBDUpdateLabel SessionDBDDeleteLabel SessionDBDPerUser SessionDBDCookieRemove SessionDBDCookieName SessionDBDCookieName2',
    'no sessions are kept; leave them to a backend.',
  ],
  [
    'LuaRoot LuaPackagePath LuaPackageCPath LuaAuthzProvider LuaHookPreTranslateName LuaHookTranslateName LuaHookFixups LuaHookMapToStorage LuaHookCheckUserID LuaHookTypeChecker LuaHookAccessChecker LuaHookAuthChecker LuaHookInsertFilter LuaHookLog LuaScope LuaInherit LuaCodeCache LuaQuickHandler LuaMapHandler LuaOutputFilter LuaInputFilter',
    scripts,
  ],
  [
    'MDomain MDMember MDMembers MDRequireHttps MDCertificateAuthority MDCertificateAgreement MDCAChallenges MDContactEmail MDDriveMode MDRenewMode MDStoreDir MDStapling MDBaseServer',
    certificates,
  ],
  [
    'SSLRequire',
    'it is an expression that may ask for anything; write SSLRequireSSL, SSLVerifyClient or Require.',
  ],
  ['SetEnvIfExpr', 'expressions are not supported; use SetEnvIf.'],
  ['PassEnv', 'variables of the process are not passed on; write SetEnv.'],
  ['ServerPath', 'servers are told apart by their names and addresses alone; leave it out.'],
  ['HttpProtocolOptions', 'requests are always read strictly; leave it out.'],
  ['RegexDefaultOptions', 'regular expressions always have the usual options; leave it out.'],
  [
    'DAV DAVBasePath DAVMinTimeout DAVDepthInfinity DAVLockDiscovery DAVLockDB DAVGenericLockDB',
    redirects,
  ],
  ['Use UndefMacro', 'macros are not expanded; write the lines out.'],
  [
    'SecRuleEngine SecRule SecAction SecRequestBodyAccess SecResponseBodyAccess SecDefaultAction SecRuleRemoveById SecRuleUpdateTargetById SecMarker SecAuditEngine SecAuditLog SecDataDir SecTmpDir SecDebugLog SecDebugLogLevel SecPcreMatchLimit SecPcreMatchLimitRecursion SecRequestBodyLimit SecRequestBodyNoFilesLimit SecResponseBodyMimeType SecResponseBodyLimit SecUnicodeMapFile SecStatusEngine',
    'no request is blocked by rules; leave it to a server in front.',
  ],
];

/** By their names in lower case. */
export const laterDirectives: ReadonlyMap<string, Later> = new Map(
  table.flatMap(([names, does]) =>
    names.split(' ').map((name): [string, Later] => [name.toLowerCase(), { name, does }]),
  ),
);
