#include "samples/live/live_options.h"

#include <CLI/CLI.hpp>

#include "isp/io/mosaic_file.h"
#include "samples/live/request_text.h"
#include "samples/live/window_sink.h"

namespace argent {
namespace {

constexpr double kMostSeconds = 1e7, kMostFps = 1e4;
constexpr int kLongestBurst = 1000;

constexpr const char* kExamples = R"(
Examples:
  argent live --window                                    the simulated camera in a window
  argent live --camera sim:flicker.yaml --avi out.avi --seconds 10
  argent live --http :8080 --http-control                 a dashboard at http://localhost:8080, which may change something
  argent live --y4m - | ffmpeg -i - -vf setparams=colorspace=bt709:range=tv out.mp4
  argent live --still --still-format dng --bracket -2,0,2 --seconds 3
  argent live --record shot/ --frames 300                 RAW frames and requests; played back with the same decisions:
  argent live --camera shot/ --replay-requests --as-fast-as-possible --log again.jsonl
  argent live --control ExposureTime=10000 --control AnalogueGain=2 --control AwbMode=daylight

Signals: SIGINT and SIGTERM end it and finish all files, a second one ends it at once; SIGUSR1 takes a still.
A sink that is too slow loses frames, and so does a camera whose frames nobody has time for: both are counted and said. With
--as-fast-as-possible nothing is lost. Exit status: 0, 1 something failed, 2 the command line is wrong.
)";

void add_camera_options(CLI::App& app, LiveOptions& o) {
  app.add_option("--camera", o.source.camera,
                 "sim (default), sim:SCENARIO.yaml, a recording's folder, ring:FOLDER (its first 64 frames, in memory, again and again), "
                 "or a camera's name")
      ->type_name("NAME");
  app.add_option_function<std::string>(
         "--size", [&o](const std::string& text) { o.source.size = size_from_text(text); }, "of a frame")
      ->type_name("WxH");
  app.add_option("--fps", o.source.fps, "frames a second (a recording: at which it is played)")
      ->check(CLI::Range(0.01, kMostFps))
      ->type_name("N");
  app.add_option("--format", o.source.format, "of the camera's buffers (SRGGB10_CSI2P, SRGGB12 ..)")->type_name("FOURCC");
  app.add_option("--tuning", o.source.tuning, "a profile (YAML) or a Raspberry Pi tuning (JSON)")->type_name("FILE");
  app.add_option("--control", o.controls, "what is asked for from the start, see below; may be given again")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--replay-requests", o.replay_requests, "of a recording: ask what was asked then");
  app.add_option("--frames", o.frames, "end after so many")->check(CLI::PositiveNumber)->type_name("N");
  app.add_option("--seconds", o.seconds, "end after so long, by the frames' clock")->check(CLI::Range(0.0, kMostSeconds))->type_name("S");
  app.add_flag("--as-fast-as-possible", o.fastest, "simulations and recordings without pauses, and without losing a frame");
  app.add_option("--preset", o.preset, "of pictures: live, balanced or best, speed against quality (default: live, or the profile's)")
      ->check(CLI::IsMember({"live", "balanced", "best"}).description(""))
      ->type_name("NAME");
  app.add_option("--threads", o.threads, "cores for a kernel (default: all)")->check(CLI::Range(0, 1024))->type_name("N");
}

void add_sink_options(CLI::App& app, LiveOptions& o) {
  const char* group = "Sinks";
  app.add_option_function<std::string>(
         "--fit", [&o](const std::string& text) { o.fit = size_from_text(text); }, "pictures of the largest size inside of this")
      ->type_name("WxH")
      ->group(group);
  app.add_flag("--window", o.window, std::string("keys: ") + kWindowKeys)->group(group);
  CLI::Option* http =
      app.add_option("--http", o.http, "dashboard for browsers; :8080 is for this machine alone, other addresses ask for a token");
  http->type_name("[ADDRESS]:PORT")->group(group);
  app.add_flag("--http-control", o.http_control, "it may change controls and take stills, not only show")->needs(http)->group(group);
  app.add_option("--http-token", o.http_token, "it asks for this one instead of a random one: letters, digits, -._~")
      ->needs(http)
      ->type_name("TEXT")
      ->group(group);
  app.add_option("--avi", o.avi, "video file: MJPEG in AVI")->type_name("FILE")->group(group);
  app.add_option("--quality", o.quality, "of its JPEGs (default: 85)")->check(CLI::Range(1, 100))->type_name("N")->group(group);
  app.add_option("--y4m", o.y4m, "uncompressed video, 4:2:0; - is stdout")->type_name("FILE")->group(group);
  app.add_option("--v4l2", o.v4l2, "a v4l2loopback device, for other programs")->type_name("DEVICE")->group(group);
  app.add_option("--record", o.record, "RAW frames with what was asked of them, for --camera")->type_name("DIR")->group(group);
  app.add_option("--statistics", o.statistics, "what 3A saw, binary")->type_name("FILE")->group(group);
  app.add_option("--log", o.log, "what was decided and why, JSON lines, for argent explain; - is stdout")->type_name("FILE")->group(group);
  app.add_flag_callback(
         "--overwrite", [&o] { o.overwrite = Overwrite::kYes; }, "replace files that exist")
      ->group(group);
  app.add_flag("--times", o.times, "at the end a table: how long a frame takes where, on stderr")->group(group);
  app.add_flag("--quiet", o.quiet, "no line of status")->group(group);
}

void add_capture_options(CLI::App& app, LiveOptions& o) {
  const char* group = "Captures";
  app.add_option("--captures", o.captures, "their folder (default: the current one)")->type_name("DIR")->group(group);
  app.add_option("--still-format", o.still_format, "jpg (default) or dng")->check(CLI::IsMember({"jpg", "dng"}))->group(group);
  app.add_flag("--still", o.still, "take one")->group(group);
  app.add_option("--burst", o.burst, "frames in a row")->check(CLI::Range(1, kLongestBurst))->type_name("N")->group(group);
  app.add_option("--bracket", o.bracket, "frames in a row, each with its exposure")
      ->delimiter(',')
      ->check(CLI::Range(-8.0, 8.0))
      ->type_name("EV,..")
      ->group(group);
  app.add_option("--after", o.after, "seconds until these are taken (default: 1)")
      ->check(CLI::Range(0.0, kMostSeconds))
      ->type_name("S")
      ->group(group);
}

}  // namespace

void add_live_options(CLI::App& app, LiveOptions& options) {
  app.get_formatter()->column_width(34);
  add_camera_options(app, options);
  add_sink_options(app, options);
  add_capture_options(app, options);
  app.footer("\nControls, by libcamera's names:\n" + control_table() + kExamples);
}

}  // namespace argent
