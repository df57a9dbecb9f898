// argent-live - a camera program: `argent live` runs it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <new>

#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/live/live_loop.h"
#include "samples/live/live_options.h"
#include "samples/live/live_sinks.h"
#include "samples/live/recording.h"
#include "samples/live/request_text.h"

namespace {

using namespace argent;

constexpr int kFailed = 1, kWrongUsage = 2;

std::atomic<bool> stop{false}, still{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // signals' handlers set them

/// A second one ends the program at once: what is to be finished may never be, on a disk or pipe that takes nothing.
void stop_by_signal(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void listen_to_signals() {
  std::signal(SIGINT, stop_by_signal);
  std::signal(SIGTERM, stop_by_signal);
  std::signal(SIGUSR1, [](int) { still = true; });
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away ends its sink, not the files of the others
}

/// A line that does not run into the status.
void say(const std::string& message) {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K";
  print_message(message);
}

Request first_request(const LiveOptions& options) {
  Request request;
  const bool as_asked = !plays_recording(options.source.camera);  // a recording's exposures are what they were
  if (as_asked && options.source.fps > 0) request.min_frame_duration = request.max_frame_duration = Microseconds(1e6 / options.source.fps);
  for (const std::string& control : options.controls) set_control(request, control);
  return request;
}

LiveLoopOptions loop_options(const LiveOptions& options) {
  LiveLoopOptions out;
  out.frames = options.frames;
  out.seconds = options.seconds;
  out.pace = options.fastest ? Pace::kFastest : Pace::kRealTime;
  out.fps = options.source.fps;
  out.output.fit = options.fit;
  const auto preset = std::find(kPresetNames.begin(), kPresetNames.end(), options.preset);
  if (preset != kPresetNames.end()) out.preset = static_cast<Preset>(preset - kPresetNames.begin());
  out.threads = options.threads;
  out.message = say;
  if (!options.replay_requests) return out;
  const auto requests = std::make_shared<const RecordedRequests>(options.source.camera);
  out.replay = [requests](const RawFrame& frame) { return requests->of(frame); };
  return out;
}

std::string times_text(const LiveLoop& loop) {
  return loop.times().table() + std::to_string(loop.frames()) + " frames, " + std::to_string(loop.lost()) + " lost, " +
         std::to_string(loop.dropped()) + " dropped by sinks\n";
}

int run(LiveOptions& options) {
  const Request request = first_request(options);
  options.source.longest_frame = request.max_frame_duration;
  LiveControl control(request);
  LiveLoop loop([&] { return open_camera(options.source); }, control, loop_options(options));
  add_sinks(loop, control, options, {stop, still, say});
  loop.run(stop);
  if (options.times) std::cerr << times_text(loop);
  return 0;
}

int wrong_usage(const std::exception& error) {
  print_message(error.what());
  print_message("see argent live --help");
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Runs a camera: 3A, pictures, and any number of sinks at once.", "argent live");
  LiveOptions options;
  try {
    add_live_options(app, options);
    app.parse(argc, argv);
    first_request(options);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : wrong_usage(error);
  } catch (const Error& error) {  // the value of an option
    return wrong_usage(error);
  }
  return run(options);
}

}  // namespace

int main(int argc, char** argv) {
  listen_to_signals();
  // Unless the user wants more: no news between our lines, nor of the memory that only libcamera's software pipeline needs.
  ::setenv("LIBCAMERA_LOG_LEVELS", "DmaBufAllocator:FATAL,*:WARN", 0);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    print_message("not enough memory");
  } catch (const std::exception& error) {
    print_message(error.what());
  }
  return kFailed;
}
