// samples/live/live_view.h - what viewers of a live camera are shown: the newest frame, a short history, and a small picture, which is
// encoded once for all of them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "models/runtime/buffer_pool.h"
#include "samples/live/sink.h"

namespace argent {

/// Where the picture lies in the sensor's active array: a point (x, y) of the picture, 0..1 from its upper left, is at
/// u = xx x + xy y + x0, v = yx x + yy y + y0 of the array.
struct PictureMap {
  double xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0;
};

/// Of a render that keeps the camera's own crop and turns the picture upright.
PictureMap picture_map_of(const RawFrame& frame);

/// What is plotted over time.
struct HistoryRow {
  std::uint64_t frame = 0;
  double seconds = 0;  ///< the frame's own time
  double exposure_us = 0, analogue_gain = 0, digital_gain = 0, cct = 0, lens_position = 0, measured = 0, target = 0;
};

struct Preview {
  std::uint64_t frame = 0;
  std::vector<unsigned char> jpeg;
};

/// Thread-safe: the loop gives, viewers wait.
class LiveView {
 public:
  static constexpr int kMaxWidth = 640, kQuality = 80;
  static constexpr double kMaxRate = 15;         ///< previews a second
  static constexpr std::size_t kHistory = 1800;  ///< frames: a minute at 30 a second

  using Clock = std::chrono::steady_clock;

  /// `now`: asked when previews are due and whether viewers are still there.
  explicit LiveView(std::function<Clock::time_point()> now = Clock::now);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  /// False while nobody has looked for some seconds, so that pictures for viewers cost nothing without viewers.
  bool wants_picture() const;
  /// Throws Error when a picture before could not be encoded.
  void take(const LiveFrame& frame);

  /// No more frames come: nobody waits any longer.
  void close();
  bool closed() const;

  struct Frame {
    LiveFrame frame;  ///< without its raw data: the camera's buffer is not held
    PictureMap map;
    Microseconds line_time{0};
  };

  /// The newest frame whose number is not `seen`; waits for it. nullopt: none came in time.
  std::optional<Frame> wait_for_frame(std::optional<std::uint64_t> seen, std::chrono::milliseconds patience) const;
  /// The same of previews; counts as looking. nullptr: none came in time.
  std::shared_ptr<const Preview> wait_for_preview(std::optional<std::uint64_t> seen, std::chrono::milliseconds patience);
  /// Rows after frame `seen`, oldest first; all there are when it is absent or newer than the newest, as after a restart.
  std::vector<HistoryRow> history(std::optional<std::uint64_t> seen) const;

  /// Pictures that came while one was still being encoded.
  std::uint64_t dropped() const { return dropped_; }

 private:
  void encode();

  const std::function<Clock::time_point()> now_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<Frame> newest_;
  std::deque<HistoryRow> history_;
  std::shared_ptr<const Preview> preview_;
  std::optional<LiveFrame> to_encode_;
  bool encoding_ = false, closed_ = false;
  std::exception_ptr failed_;
  Clock::time_point looked_{}, due_{};  ///< last look of a viewer; when the next picture is wanted
  BufferPool pool_;
  std::atomic<std::uint64_t> dropped_{0};
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace argent
