// samples/live/dashboard_access.h - who may see the dashboard, and who may change what the camera does.
//
// A browser sends requests for any page it shows, so an address on the loopback alone protects nothing: a foreign page could post to it,
// or have its own name resolve to 127.0.0.1 (DNS rebinding), or show its pictures. Hence the checks of Host, Origin, Content-Type and,
// where the browser says it, Sec-Fetch-Site.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace argent {

enum class DashboardUse { kReadOnly, kControl };

struct HttpAddress {
  std::string host;  ///< name or number, IPv6 without brackets
  int port = 0;      ///< 0: any free one
};

/// "8080", ":8080" (both: on the loopback), "0.0.0.0:8080", "[::1]:8080". Throws Error.
HttpAddress http_address_from(std::string_view text);

bool is_loopback(std::string_view host);

/// 128 random bits in hexadecimal. Throws Error when the system has none.
std::string random_token();

/// `text`, which may be empty. Throws Error: a character that can't stand in an address and in a cookie as it is.
std::string token_from(std::string_view text);

struct AccessRules {
  bool loopback = true;  ///< the server listens there alone
  std::string token;     ///< empty: none is asked for
  DashboardUse use = DashboardUse::kReadOnly;
};

/// What of an HTTP request matters here; empty: the header is not there.
struct AccessClaim {
  std::string method = {}, host = {}, origin = {}, content_type = {};
  std::string token = {};                        ///< from the query, the cookie or "Authorization: Bearer"
  std::string fetch_site = {}, fetch_mode = {};  ///< Sec-Fetch-Site, Sec-Fetch-Mode: whose page asks, and what for
};

struct Refusal {
  int status = 403;    ///< HTTP's
  std::string reason;  ///< a line for people
};

/// nullopt: welcome. Pages from elsewhere may lead to this one and get nothing else of it. Whoever knows the token may use any name for
/// this host; without one, only the loopback's names. POST changes something: it takes DashboardUse::kControl, the type application/json
/// (which a foreign page can't send unasked) and, where the browser names an Origin, this very host.
std::optional<Refusal> refusal_of(const AccessRules& rules, const AccessClaim& claim);

/// The value of a cookie in a Cookie header; empty: it is not there.
std::string cookie_value(std::string_view header, std::string_view name);

}  // namespace argent
