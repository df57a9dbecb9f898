#include "samples/live/dashboard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <httplib.h>

#include "models/runtime/error.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

DashboardOptions options_of(const std::string& host, int port, DashboardUse use = DashboardUse::kReadOnly, const std::string& token = "") {
  DashboardOptions options;
  options.address.host = host;
  options.address.port = port;
  options.use = use;
  options.token = token;
  return options;
}

/// A dashboard that is given frames, as by a loop.
class DashboardServer : public ::testing::Test {
 protected:
  explicit DashboardServer(DashboardUse use = DashboardUse::kControl)
      : dashboard_(options_of("127.0.0.1", 0, use), control_), loop_([this] { run(); }) {}
  ~DashboardServer() override { end(); }

  void end() {
    stop_ = true;
    if (loop_.joinable()) loop_.join();
    dashboard_.finish();
  }

  httplib::Client client() const {
    const std::string url = dashboard_.url();
    return httplib::Client("127.0.0.1", std::stoi(url.substr(url.rfind(':') + 1)));
  }

  LiveControl control_;
  Dashboard dashboard_;

 private:
  void run() {
    for (std::uint64_t number = 0; !stop_; number++) {
      LiveFrame frame = frame_at(double(number) / 30);
      frame.number = number;
      frame.raw = std::make_shared<const RawFrame>();
      frame.request = std::make_shared<const Request>(control_.take_request());
      if (!dashboard_.wants_picture()) frame.picture = nullptr;
      dashboard_.take(frame);
      std::this_thread::sleep_for(3ms);
    }
  }

  std::atomic<bool> stop_{false};
  std::thread loop_;
};

TEST_F(DashboardServer, ServesPageStateAndPictures) {
  auto browser = client();
  for (const char* part : {"/", "/dashboard.js", "/dashboard_controls.js", "/dashboard_overlay.js", "/dashboard_plots.js", "/dashboard.css",
                           "/dygraph.js", "/dygraph.css"}) {
    const auto answer = browser.Get(part);
    ASSERT_TRUE(answer) << part;
    EXPECT_EQ(answer->status, 200) << part;
    EXPECT_GT(answer->body.size(), 100U) << part;
  }
  EXPECT_EQ(browser.Get("/nothing")->status, 404);
  EXPECT_EQ(browser.Get("/")->get_header_value("Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(browser.Get("/frame.jpg", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "no-cors"}})->status, 403);
  const auto state = browser.Get("/state.json?parts=histogram");
  EXPECT_EQ(state->get_header_value("Content-Type"), "application/json");
  EXPECT_NE(state->body.find("\"frame\""), std::string::npos);
  auto picture = browser.Get("/frame.jpg");
  ASSERT_EQ(picture->status, 200);
  const std::string first = picture->get_header_value("X-Frame");
  picture = browser.Get("/frame.jpg?after=" + first);
  EXPECT_NE(picture->get_header_value("X-Frame"), first);
}

TEST_F(DashboardServer, ChangesTheRequestAndAsksForStills) {
  auto browser = client();
  EXPECT_EQ(browser.Post("/control", R"({"ExposureValue": 1.5})", "application/json")->status, 204);
  EXPECT_EQ(control_.request().exposure_value, 1.5f);
  const auto refused = browser.Post("/control", R"({"ExposureValue": 0, "Exposure": 1})", "application/json");
  EXPECT_EQ(refused->status, 400);
  EXPECT_NE(refused->body.find("Exposure"), std::string::npos);
  EXPECT_EQ(control_.request().exposure_value, 1.5f);
  EXPECT_EQ(browser.Post("/capture", R"({"format": "dng"})", "application/json")->status, 204);
  const std::vector<CaptureJob> jobs = control_.take_jobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].format, StillFormat::kDng);
}

TEST_F(DashboardServer, EndsWhileClientsStreamAndWait) {
  std::vector<std::thread> clients;
  std::atomic<int> streaming{0}, ended{0};
  for (int i = 0; i < 4; i++) {
    clients.emplace_back([&] {
      bool first = true;
      client().Get("/stream.mjpg", [&](const char*, std::size_t) {
        if (std::exchange(first, false)) streaming++;
        return true;
      });
      ended++;
    });
  }
  while (streaming < 4) std::this_thread::sleep_for(1ms);
  end();
  for (std::thread& each : clients) each.join();
  EXPECT_EQ(ended, 4);
}

TEST(Dashboard, ChoosesATokenWhereOthersCanReachIt) {
  LiveControl control;
  const Dashboard dashboard(options_of("0.0.0.0", 0), control);
  EXPECT_NE(dashboard.url().find("/?token="), std::string::npos);
  const Dashboard named(options_of("0.0.0.0", 0, DashboardUse::kReadOnly, "mine"), control);
  EXPECT_TRUE(named.url().ends_with("/?token=mine"));
  EXPECT_THROW(Dashboard(options_of("0.0.0.0", 0, DashboardUse::kReadOnly, "mine; Domain=x"), control), Error);
}

TEST(Dashboard, APortIsOneProgramsAlone) {
  LiveControl control;
  const Dashboard first(options_of("127.0.0.1", 0), control);
  const std::string url = first.url();
  const int port = std::stoi(url.substr(url.rfind(':') + 1));
  EXPECT_THROW(Dashboard(options_of("127.0.0.1", port), control), Error);
}

}  // namespace
}  // namespace argent
