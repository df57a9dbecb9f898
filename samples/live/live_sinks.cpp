#include "samples/live/live_sinks.h"

#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "models/runtime/error.h"
#include "samples/live/avi_writer.h"
#include "samples/live/capture_sink.h"
#include "samples/live/capture_timer.h"
#include "samples/live/dashboard.h"
#include "samples/live/data_writers.h"
#include "samples/live/recording.h"
#include "samples/live/status_sink.h"
#include "samples/live/v4l2_writer.h"
#include "samples/live/window_sink.h"
#include "samples/live/y4m_video.h"

namespace argent {
namespace {

constexpr std::size_t kVideoDepth = 4;  // pictures that wait: an eighth of a second
constexpr std::size_t kDataDepth = 64;  // small
constexpr std::size_t kRawDepth = 8;    // copies of raw frames

std::vector<CaptureJob> jobs_of(const LiveOptions& o, StillFormat format) {
  std::vector<CaptureJob> jobs;
  if (o.still) jobs.push_back({CaptureJob::Kind::kStill, format, 1, {}});
  if (o.burst > 0) jobs.push_back({CaptureJob::Kind::kBurst, format, o.burst, {}});
  if (!o.bracket.empty()) jobs.push_back({CaptureJob::Kind::kBracket, format, static_cast<int>(o.bracket.size()), o.bracket});
  return jobs;
}

void add_captures(LiveLoop& loop, LiveControl& control, const LiveOptions& o, const LiveWires& wires) {
  const StillFormat format = o.still_format == "dng" ? StillFormat::kDng : StillFormat::kJpeg;
  loop.add(std::make_unique<CaptureTimer>(control, jobs_of(o, format), Microseconds(1e6 * o.after), format, wires.still));
  CaptureSink::Options captures;
  captures.folder = o.captures;
  captures.ask_bracket = [&loop](std::span<const SensorSettings> steps) { loop.ask_bracket(steps); };
  captures.message = wires.message;
  captures.wait = o.fastest;
  loop.add(std::make_unique<CaptureSink>(control, loop.pipeline().params(), std::move(captures)));
}

void add_window(LiveLoop& loop, LiveControl& control, const LiveWires& wires, QueuedSink::Options queue) {
#ifdef ARGENT_HAS_WINDOW
  loop.add(std::make_unique<QueuedSink>(std::make_unique<WindowWriter>(control, wires.stop), queue));
#else
  static_cast<void>(loop), static_cast<void>(control), static_cast<void>(wires), static_cast<void>(queue);
  throw Error("--window: this program was built without OpenCV");
#endif
}

void add_dashboard(LiveLoop& loop, LiveControl& control, const LiveOptions& o, const LiveWires& wires) {
#ifdef ARGENT_HAS_DASHBOARD
  const DashboardUse use = o.http_control ? DashboardUse::kControl : DashboardUse::kReadOnly;
  auto dashboard = std::make_unique<Dashboard>(DashboardOptions{http_address_from(o.http), use, o.http_token}, control);
  wires.message("dashboard at " + dashboard->url());
  loop.add(std::move(dashboard));
#else
  static_cast<void>(loop), static_cast<void>(control), static_cast<void>(o), static_cast<void>(wires);
  throw Error("--http: this program was built without cpp-httplib or libjs-dygraphs");
#endif
}

}  // namespace

void add_sinks(LiveLoop& loop, LiveControl& control, const LiveOptions& o, const LiveWires& wires) {
  if (o.log == kStdout && o.y4m == kStdout) throw Error("--log and --y4m can't both be stdout");
  const WhenFull when_full = o.fastest ? WhenFull::kWait : WhenFull::kDrop;
  const auto add = [&](std::unique_ptr<FrameWriter> writer, std::size_t depth) {
    loop.add(std::make_unique<QueuedSink>(std::move(writer), QueuedSink::Options{depth, when_full}));
  };
  if (!o.record.empty()) add(std::make_unique<RecordingWriter>(o.record, loop.profile()), kRawDepth);
  if (!o.statistics.empty()) add(std::make_unique<StatisticsWriter>(o.statistics, o.overwrite), kDataDepth);
  const auto end = [&stop = wires.stop] { stop = true; };  // when whoever reads stdout is gone
  if (!o.log.empty()) add(std::make_unique<LogWriter>(o.log, o.overwrite, end), kDataDepth);
  if (!o.avi.empty()) add(std::make_unique<AviWriter>(o.avi, o.quality, o.overwrite), kVideoDepth);
  if (!o.y4m.empty()) add(std::make_unique<Y4mVideo>(o.y4m, o.overwrite, end), kVideoDepth);
  if (!o.v4l2.empty()) add(std::make_unique<V4l2Writer>(o.v4l2), kVideoDepth);
  if (!o.http.empty()) add_dashboard(loop, control, o, wires);
  if (o.window) add_window(loop, control, wires, {1, when_full});
  add_captures(loop, control, o, wires);
  if (o.quiet) return;
  const auto form = ::isatty(STDERR_FILENO) != 0 ? StatusSink::Form::kTerminal : StatusSink::Form::kLines;
  loop.add(std::make_unique<StatusSink>(form, StatusSink::Counters{[&loop] { return loop.lost(); }, [&loop] { return loop.dropped(); }}));
}

}  // namespace argent
