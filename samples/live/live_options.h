// samples/live/live_options.h - the command line of argent-live.
#pragma once

#include <string>
#include <vector>

#include "models/runtime/overwrite.h"
#include "samples/live/live_source.h"

namespace CLI {
class App;
}

namespace argent {

struct LiveOptions {
  LiveSourceOptions source;
  std::vector<std::string> controls;  ///< "Name=value"
  bool replay_requests = false;
  bool fastest = false;
  std::uint64_t frames = 0;
  double seconds = 0;
  int threads = 0;
  std::string preset;  ///< of isp/presets.h; empty: as the profile has it
  Size fit;            ///< of the pictures; 0 x 0: as large as the camera's

  std::string y4m, avi, record, statistics, log, v4l2;
  int quality = 85;  ///< JPEG, of the video
  bool window = false;
  std::string http, http_token;  ///< "ADDRESS:PORT"; empty: no dashboard
  bool http_control = false;     ///< the dashboard may change something

  std::string captures = ".";
  std::string still_format = "jpg";
  bool still = false;
  int burst = 0;
  std::vector<float> bracket;
  double after = 1;  ///< seconds

  Overwrite overwrite = Overwrite::kNo;
  bool quiet = false, times = false;
};

void add_live_options(CLI::App& app, LiveOptions& options);

}  // namespace argent
