/**
 * Directives that do not concern balancing: they change neither which backend a proxied request reaches nor
 * what is answered to it. Everything else that httpd knows and we do not stands in `later.ts`.
 */

/** Logs, processes, files of the server itself. */
const server = `
  PidFile ScoreBoardFile Mutex CoreDumpDirectory User Group ChrootDir Suexec
  SuexecUserGroup LoadFile WatchdogInterval ServerAdmin ServerTokens ServerSignature HostnameLookups
  IdentityCheck IdentityCheckTimeout ExtendedStatus SeeRequestTail AddModuleInfo
  ErrorLogFormat BufferedLogs LogIOTrackTTFB
  LogMessage ForensicLog DumpIOInput DumpIOOutput
`;

/** How many processes and threads, and how they wait for clients. */
const processes = `
  StartServers ServerLimit MinSpareServers MaxSpareServers MinSpareThreads MaxSpareThreads MaxClients
  MaxRequestWorkers ThreadsPerChild ThreadLimit ThreadStackSize AsyncRequestWorkerFactor MaxRequestsPerChild
  MaxConnectionsPerChild MaxMemFree ListenBacklog ListenCoresBucketsRatio
  ListenTCPDeferAccept AcceptFilter SendBufferSize ReceiveBufferSize RLimitCPU RLimitMEM RLimitNPROC
  RequestReadTimeout ProtocolsHonorOrder ReadBufferSize FlushMaxThreshold FlushMaxPipelined
  NameVirtualHost
`;

/** What is served from files. A path that is proxied never comes there: mod_proxy maps names first. */
const files = `
  DocumentRoot AccessFileName AllowOverride AllowOverrideList Options FileETag EnableMMAP EnableSendfile
  ContentDigest DefaultType AcceptPathInfo TypesConfig AddType RemoveType AddHandler RemoveHandler
  RemoveCharset RemoveEncoding RemoveInputFilter RemoveLanguage RemoveOutputFilter MultiviewsMatch
  ModMimeUsePathInfo MimeMagicFile LanguagePriority ForceLanguagePriority CacheNegotiatedDocs
  Alias AliasMatch ScriptAlias ScriptAliasMatch AliasPreservePath RedirectRelative QualifyRedirectURL
  DirectoryIndex DirectorySlash DirectoryIndexRedirect DirectoryCheckHandler
  AddIcon AddIconByType AddIconByEncoding AddAlt AddAltByType AddAltByEncoding AddDescription IndexOptions
  IndexOrderDefault IndexIgnore IndexIgnoreReset IndexStyleSheet IndexHeadInsert HeaderName ReadmeName
  FancyIndexing DefaultIcon UserDir VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias
  VirtualScriptAliasIP CheckSpelling CheckCaseOnly CheckBasenameMatch MetaFiles MetaDir MetaSuffix
  CacheFile MMapFile ImapMenu ImapDefault ImapBase XBitHack SSIErrorMsg SSITimeFormat SSIStartTag SSIEndTag
  SSIUndefinedEcho SSILegacyExprParser SSILastModified SSIEtag Action Script ScriptLog ScriptLogLength
  ScriptLogBuffer ScriptSock CGIDScriptTimeout CGIMapExtension CGIPassAuth CGIVar LimitXMLRequestBody
  LimitInternalRecursion MaxRanges MaxRangeOverlaps MaxRangeReversals RegisterHttpMethod
`;

/** Settings of something that has no effect until another directive, an error here, switches it on. */
const inert = `
  ExpiresByType ExpiresDefault RewriteCond RewriteBase RewriteMap RewriteOptions
  DeflateFilterNote DeflateWindowSize DeflateBufferSize DeflateMemLevel DeflateCompressionLevel
  DeflateInflateLimitRequestBody DeflateInflateRatioLimit DeflateInflateRatioBurst DeflateAlterETag
  BrotliFilterNote BrotliCompressionQuality BrotliCompressionWindow BrotliCompressionMaxInputBlock
  BrotliAlterETag BufferSize SubstituteMaxLineLength SubstituteInheritBefore FilterTrace
  CacheDisable CacheMaxExpire CacheMinExpire CacheDefaultExpire CacheQuickHandler CacheIgnoreNoLastMod
  CacheIgnoreCacheControl CacheStoreExpired CacheStorePrivate CacheStoreNoStore CacheIgnoreHeaders
  CacheIgnoreQueryString CacheIgnoreURLSessionIdentifiers CacheLastModifiedFactor CacheLock CacheLockPath
  CacheLockMaxAge CacheHeader CacheDetailHeader CacheKeyBaseURL CacheStaleOnError CacheRoot CacheDirLevels
  CacheDirLength CacheMinFileSize CacheMaxFileSize CacheReadSize CacheReadTime CacheSocache
  CacheSocacheMaxTime CacheSocacheMinTime CacheSocacheMaxSize CacheSocacheReadSize CacheSocacheReadTime
  CookieExpires CookieDomain CookieStyle CookieName CookieSameSite CookieSecure CookieHttpOnly
  AuthGroupFile AuthBasicAuthoritative
  DBDriver DBDParams DBDPersist DBDPrepareSQL DBDInitSQL DBDMin DBDKeep DBDMax DBDExptime
  RedisConnPoolTTL RedisTimeout KeptBodySize
  LDAPSharedCacheSize LDAPSharedCacheFile LDAPCacheEntries LDAPCacheTTL LDAPOpCacheEntries LDAPOpCacheTTL
  LDAPTrustedGlobalCert LDAPTrustedClientCert LDAPTrustedMode LDAPVerifyServerCert LDAPConnectionTimeout
  LDAPReferrals LDAPReferralHopLimit LDAPLibraryDebug LDAPTimeout LDAPConnectionPoolTTL LDAPRetries
  LDAPRetryDelay
`;

/** Other protocols than ours, and proxying in the other direction. */
const otherProtocols = `
  H2MaxSessionStreams H2WindowSize H2MinWorkers H2MaxWorkers H2MaxWorkerIdleSeconds H2StreamMaxMemSize
  H2SerializeHeaders H2ModernTLSOnly H2Upgrade H2Direct H2SessionExtraFiles H2TLSWarmUpSize
  H2TLSCoolDownSecs H2Push H2PushPriority H2PushDiarySize H2CopyFiles H2PushResource H2EarlyHints H2Padding
  H2OutputBuffering H2StreamTimeout H2MaxDataFrameLen H2MaxHeaderBlockLen H2MaxStreamErrors H2EarlyHint
  H2WebSockets AllowCONNECT NoProxy ProxyDomain ProxyFCGIBackendType ProxyFCGISetEnvIf
  ProxyFtpListOnWildcard ProxyFtpEscapeWildcards ProxyFtpDirCharset ProxySCGISendfile
  ProxySCGIInternalRedirect
`;

/** Of TLS: what Node does by itself, and settings of checks that are refused when they are switched on. */
const tls = `
  SSLCADNRequestFile SSLCADNRequestPath SSLClientHelloVars
  SSLCompression SSLCryptoDevice SSLInsecureRenegotiation SSLOCSPDefaultResponder SSLOCSPNoverify
  SSLOCSPOverrideResponder SSLOCSPProxyURL SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout
  SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew SSLOCSPUseRequestNonce SSLPassPhraseDialog
  SSLRandomSeed SSLRenegBufferSize SSLSessionCache
  SSLSessionCacheTimeout SSLSessionTicketKeyFile SSLSRPUnknownUserSeed
  SSLStaplingCache SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater SSLStaplingForceURL
  SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew
  SSLStaplingReturnResponderErrors SSLStaplingStandardCacheTimeout SSLUserName SSLUseStapling
`;

/** As httpd spells them, by their names in lower case. */
export const ignored: ReadonlyMap<string, string> = new Map(
  [server, processes, files, inert, otherProtocols, tls]
    .flatMap((names) => names.trim().split(/\s+/))
    .map((name) => [name.toLowerCase(), name]),
);
