#include "samples/live/dashboard_access.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(DashboardAccess, ReadsAddresses) {
  EXPECT_EQ(http_address_from(":8080").host, "127.0.0.1");
  EXPECT_EQ(http_address_from("8080").port, 8080);
  EXPECT_EQ(http_address_from("0.0.0.0:80").host, "0.0.0.0");
  EXPECT_EQ(http_address_from("[::1]:8080").host, "::1");
  EXPECT_EQ(http_address_from("camera.local:1").host, "camera.local");
  for (const char* wrong : {"", ":", "x", ":65536", ":-1", "::1:80", "[]:80", ":80 ", "a/b:80", "1.2.3.4"})
    EXPECT_THROW(http_address_from(wrong), Error) << wrong;
}

TEST(DashboardAccess, KnowsTheLoopback) {
  for (const char* own : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) EXPECT_TRUE(is_loopback(own)) << own;
  for (const char* other : {"", "0.0.0.0", "::", "127.example.org", "localhost.example.org", "128.0.0.1"})
    EXPECT_FALSE(is_loopback(other)) << other;
}

TEST(DashboardAccess, TokensAreLongAndNeverTheSame) {
  const std::string first = random_token();
  EXPECT_EQ(first.size(), 32U);
  EXPECT_NE(first, random_token());
}

TEST(DashboardAccess, TokensHoldWhatCookiesAndAddressesHold) {
  for (const char* good : {"", "mine", "A-z_0.9~"}) EXPECT_EQ(token_from(good), good);
  for (const char* odd : {"a b", "a;b", "a&b", "a%41", "a\r\nSet-Cookie: x", "\xc3\xa9", "\""}) EXPECT_THROW(token_from(odd), Error) << odd;
}

int status(const AccessRules& rules, const AccessClaim& claim) {
  const auto refusal = refusal_of(rules, claim);
  return refusal ? refusal->status : 200;
}

TEST(DashboardAccess, WithoutTokenOnlyTheLoopbacksNamesAreAnswered) {
  const AccessRules rules{.loopback = true, .token = "", .use = DashboardUse::kReadOnly};
  for (const char* host : {"localhost", "localhost:9000", "127.0.0.1:8080", "[::1]:8080", "[::1]"})
    EXPECT_EQ(status(rules, {"GET", host}), 200);
  for (const char* host : {"", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[fe80::1]:80", "["})
    EXPECT_EQ(status(rules, {"GET", host}), 403) << host;
}

TEST(DashboardAccess, ATokenOpensAndNothingElseDoes) {
  const AccessRules rules{.loopback = false, .token = "secret", .use = DashboardUse::kControl};
  EXPECT_EQ(status(rules, {"GET", "camera.lan:8080", "", "", "secret"}), 200);
  for (const char* token : {"", "secre", "secret ", "Secret"}) EXPECT_EQ(status(rules, {"GET", "localhost", "", "", token}), 401);
  EXPECT_EQ(status(rules, {"POST", "camera.lan", "", "application/json", ""}), 401);
}

TEST(DashboardAccess, ChangesNeedControlTheOwnOriginAndJson) {
  AccessRules rules{.loopback = true, .token = "", .use = DashboardUse::kControl};
  const AccessClaim good{"POST", "localhost:8080", "http://localhost:8080", "application/json; charset=utf-8"};
  EXPECT_EQ(status(rules, good), 200);
  EXPECT_EQ(status(rules, {"POST", "localhost:8080", "", "application/json"}), 200);
  EXPECT_EQ(status(rules, {"POST", "localhost:8080", "http://localhost:8081", "application/json"}), 403);
  EXPECT_EQ(status(rules, {"POST", "localhost:8080", "null", "application/json"}), 403);
  EXPECT_EQ(status(rules, {"POST", "localhost:8080", "", "text/plain"}), 415);
  EXPECT_EQ(status(rules, {"POST", "localhost:8080", "", "application/jsonp"}), 415);
  EXPECT_EQ(status(rules, {"DELETE", "localhost:8080", "", "application/json"}), 405);
  rules.use = DashboardUse::kReadOnly;
  EXPECT_EQ(status(rules, good), 403);
}

TEST(DashboardAccess, PagesFromElsewhereMayLeadHereAndNoMore) {
  const AccessRules rules{.loopback = true, .token = "", .use = DashboardUse::kControl};
  const auto asked = [&](const char* method, const char* site, const char* mode) {
    return status(rules,
                  {.method = method, .host = "localhost", .content_type = "application/json", .fetch_site = site, .fetch_mode = mode});
  };
  for (const char* own : {"", "same-origin", "none"}) {
    EXPECT_EQ(asked("GET", own, "cors"), 200) << own;
    EXPECT_EQ(asked("POST", own, "cors"), 200) << own;
  }
  for (const char* other : {"cross-site", "same-site", "?"}) {
    EXPECT_EQ(asked("GET", other, "no-cors"), 403) << other;
    EXPECT_EQ(asked("GET", other, "navigate"), 200) << other;
    EXPECT_EQ(asked("POST", other, "navigate"), 403) << other;
  }
}

TEST(DashboardAccess, FindsCookies) {
  EXPECT_EQ(cookie_value("a=1; argent_80=x; b=2", "argent_80"), "x");
  EXPECT_EQ(cookie_value("argent_80=x", "argent_80"), "x");
  EXPECT_EQ(cookie_value("my_argent_80=x; argent_8=y", "argent_80"), "");
  for (const char* odd : {"", ";", ";;=;", "=", "argent_80", "argent_80="}) EXPECT_EQ(cookie_value(odd, "argent_80"), "") << odd;
}

}  // namespace
}  // namespace argent
