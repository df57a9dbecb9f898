// samples/live/dashboard.h - `argent live --http :8080`: the camera in a browser.
//
//   GET /              the page; /dashboard.css, /dashboard.js, /dygraph.js, /dygraph.css: its parts, all of them inside the program
//   GET /stream.mjpg   the picture as multipart JPEG, for browsers, players and curl
//   GET /frame.jpg     the newest picture; ?after=N waits for a newer one than frame N. The page shows these: who is slow asks less often
//   GET /state.json    what dashboard_state.h says; ?after=N likewise, &history=N, &parts=histogram,rows,zones
//   POST /control, POST /capture   what dashboard_commands.h says
//
// State is polled, not pushed: a connection of server-sent events would take one of the six that a browser has for a host (the pictures
// take another), and a reader that stops reading would have to be found out; a poll waits for the next frame and costs nothing between.
#pragma once

#include <memory>
#include <string>

#include "samples/live/dashboard_access.h"
#include "samples/live/live_control.h"
#include "samples/live/sink.h"

namespace argent {

struct DashboardOptions {
  HttpAddress address{"127.0.0.1", 8080};
  DashboardUse use = DashboardUse::kReadOnly;
  std::string token;  ///< empty: a random one where other machines can reach the address, else none
};

class Dashboard : public Sink {
 public:
  /// Serves at once. `control` has to outlive it. Throws Error: the address can't be had, or the token holds odd characters.
  Dashboard(DashboardOptions options, LiveControl& control);
  ~Dashboard() override;

  /// Where to look, with the token if there is one.
  std::string url() const;

  std::string name() const override;
  bool wants_picture() const override;
  void take(const LiveFrame& frame) override;
  void finish() override;
  std::uint64_t dropped() const override;

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace argent
