#include "samples/live/dashboard_access.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "models/runtime/error.h"

namespace argent {
namespace {

int port_from(std::string_view text, std::string_view whole) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 0 || port > 65535)
    throw Error("--http " + std::string(whole) + ": expected ADDRESS:PORT or :PORT, with a port from 0 to 65535");
  return port;
}

/// Takes as long for a wrong token as for a right one.
bool equal_secrets(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); i++) difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']')).substr(1);
  return host.substr(0, host.find(':'));
}

std::string_view without_scheme(std::string_view origin) {
  const std::size_t at = origin.find("://");
  return at == std::string_view::npos ? origin : origin.substr(at + 3);
}

bool is_json(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  return content_type.starts_with(kJson) && (content_type.size() == kJson.size() || content_type[kJson.size()] == ';');
}

/// A page from elsewhere wants to show or change something; a link that leads here is followed.
bool is_for_another_page(const AccessClaim& claim) {
  const bool own = claim.fetch_site.empty() || claim.fetch_site == "same-origin" || claim.fetch_site == "none";
  const bool followed = claim.method == "GET" && claim.fetch_mode == "navigate";
  return !own && !followed;
}

}  // namespace

HttpAddress http_address_from(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {"127.0.0.1", port_from(text, text)};
  std::string_view host = text.substr(0, colon);
  const int port = port_from(text.substr(colon + 1), text);
  if (host.empty()) return {"127.0.0.1", port};
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) return {std::string(host.substr(1, host.size() - 2)), port};
  if (host.find_first_of("[]:/ ") != std::string_view::npos)
    throw Error("--http " + std::string(text) + ": expected ADDRESS:PORT, with an IPv6 address in brackets");
  return {std::string(host), port};
}

bool is_loopback(std::string_view host) {
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;  // 127.evil.example is somebody's name
  return host == "localhost" || host == "::1" || (digits && host.starts_with("127."));
}

std::string random_token() {
  std::array<unsigned char, 16> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw Error("the system has no random numbers for a token");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string token_from(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), plain)) throw Error("--http-token: expected letters, digits and -._~ alone");
  return std::string(text);
}

std::optional<Refusal> refusal_of(const AccessRules& rules, const AccessClaim& claim) {
  if (is_for_another_page(claim)) return Refusal{403, "a page from elsewhere may neither show nor change anything"};
  if (rules.token.empty()) {
    if (rules.loopback && !is_loopback(without_port(claim.host)))
      return Refusal{403, "this dashboard is for this machine alone: open it as localhost"};
  } else if (!equal_secrets(rules.token, claim.token)) {
    return Refusal{401, "this dashboard asks for its token: open the address that argent live printed"};
  }
  if (claim.method == "GET" || claim.method == "HEAD") return std::nullopt;
  if (claim.method != "POST") return Refusal{405, "only GET and POST are understood"};
  if (rules.use != DashboardUse::kControl)
    return Refusal{403, "this dashboard only shows: argent live --http-control lets it change something"};
  if (!claim.origin.empty() && without_scheme(claim.origin) != claim.host) return Refusal{403, "a page from elsewhere may change nothing"};
  if (!is_json(claim.content_type)) return Refusal{415, "expected Content-Type: application/json"};
  return std::nullopt;
}

std::string cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = header.substr(0, end);
    const std::size_t start = std::min(pair.find_first_not_of(' '), pair.size()), equals = pair.find('=');
    if (equals != std::string_view::npos && equals >= start && pair.substr(start, equals - start) == name)
      return std::string(pair.substr(equals + 1));
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

}  // namespace argent
