#include "samples/live/live_view.h"

#include <algorithm>
#include <utility>

#include "isp/io/image_file.h"
#include "samples/live/preview.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

constexpr auto kViewersStay = 3s;  // after a look
constexpr std::chrono::duration<double> kPeriod{1 / LiveView::kMaxRate};

/// The upright unit square to the stored one.
PictureMap turned(Orientation orientation) {
  switch (orientation) {
    case Orientation::kMirrored:
      return {-1, 0, 1, 0, 1, 0};
    case Orientation::kRotated180:
      return {-1, 0, 1, 0, -1, 1};
    case Orientation::kFlipped:
      return {1, 0, 0, 0, -1, 1};
    case Orientation::kTransposed:
      return {0, 1, 0, 1, 0, 0};
    case Orientation::kRotated90:
      return {0, 1, 0, -1, 0, 1};
    case Orientation::kTransversed:
      return {0, -1, 1, -1, 0, 1};
    case Orientation::kRotated270:
      return {0, -1, 1, 1, 0, 0};
    case Orientation::kNormal:
      break;
  }
  return {};
}

HistoryRow row_of(const LiveFrame& frame) {
  const Applied& applied = frame.statistics->applied;
  const Decision& decision = *frame.decision;
  return {frame.number,
          applied.timestamp.count() * 1e-6,
          applied.settings.exposure.count(),
          applied.settings.analogue_gain,
          decision.controls.digital_gain,
          decision.controls.colour_temperature,
          applied.settings.lens_position,
          decision.trace.exposure.measured,
          decision.trace.exposure.target};
}

}  // namespace

PictureMap picture_map_of(const RawFrame& frame) {
  const Size active = frame.size();
  const Rect& crop = frame.capture.crop;
  PictureMap map = turned(frame.capture.orientation);
  if (crop.width <= 0 || crop.height <= 0 || active.width <= 0 || active.height <= 0) return map;
  const double width = double(crop.width) / active.width, height = double(crop.height) / active.height;
  map.xx *= width;
  map.xy *= width;
  map.x0 = map.x0 * width + double(crop.x) / active.width;
  map.yx *= height;
  map.yy *= height;
  map.y0 = map.y0 * height + double(crop.y) / active.height;
  return map;
}

LiveView::LiveView(std::function<Clock::time_point()> now) : now_(std::move(now)), thread_([this] { encode(); }) {}

LiveView::~LiveView() {
  close();
  thread_.join();
}

void LiveView::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool LiveView::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool LiveView::wants_picture() const {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = now_();
  return !closed_ && !encoding_ && !to_encode_ && now >= due_ && looked_ != Clock::time_point() && now - looked_ < kViewersStay;
}

void LiveView::take(const LiveFrame& frame) {
  Frame kept{frame, picture_map_of(*frame.raw), frame.raw->applied.line_time};
  kept.frame.raw.reset();
  kept.frame.picture.reset();
  const std::lock_guard lock(mutex_);
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  newest_ = std::move(kept);
  history_.push_back(row_of(frame));
  if (history_.size() > kHistory) history_.pop_front();
  const Clock::time_point now = now_();
  if (frame.picture && now >= due_ && now - looked_ < kViewersStay) {
    if (to_encode_ || encoding_) {
      dropped_++;
    } else {
      to_encode_ = frame;
      to_encode_->raw.reset();
      // On a grid, so that a rate which does not divide the camera's is kept on average; after a pause it starts anew.
      const auto period = std::chrono::duration_cast<Clock::duration>(kPeriod);
      due_ = now - due_ > period ? now + period : due_ + period;
    }
  }
  changed_.notify_all();
}

void LiveView::encode() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || to_encode_; });
    if (closed_) return;
    const LiveFrame frame = *std::exchange(to_encode_, std::nullopt);
    encoding_ = true;
    lock.unlock();
    auto preview = std::make_shared<Preview>();
    std::exception_ptr failed;
    try {
      *preview = {frame.number, jpeg_bytes(preview_of(*frame.picture, kMaxWidth, pool_), kQuality)};
    } catch (...) {
      failed = std::current_exception();
    }
    lock.lock();
    encoding_ = false;
    if (failed) {
      failed_ = failed;
    } else {
      preview_ = std::move(preview);
    }
    changed_.notify_all();
  }
}

std::optional<LiveView::Frame> LiveView::wait_for_frame(std::optional<std::uint64_t> seen, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  const auto is_new = [&] { return newest_ && newest_->frame.number != seen; };
  changed_.wait_for(lock, patience, [&] { return closed_ || is_new(); });
  return is_new() ? newest_ : std::nullopt;
}

std::shared_ptr<const Preview> LiveView::wait_for_preview(std::optional<std::uint64_t> seen, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  looked_ = now_();
  const auto is_new = [&] { return preview_ && preview_->frame != seen; };
  changed_.wait_for(lock, patience, [&] { return closed_ || is_new(); });
  looked_ = now_();
  return is_new() ? preview_ : nullptr;
}

std::vector<HistoryRow> LiveView::history(std::optional<std::uint64_t> seen) const {
  const std::lock_guard lock(mutex_);
  auto first = history_.begin();
  if (seen && !history_.empty() && *seen <= history_.back().frame) {
    first = std::partition_point(history_.begin(), history_.end(), [&](const HistoryRow& row) { return row.frame <= *seen; });
  }
  return {first, history_.end()};
}

}  // namespace argent
