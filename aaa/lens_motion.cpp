#include "aaa/lens_motion.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kStill = 0.05f;       // dioptres a frame: a ninth of a telephone's depth of field
constexpr float kNear = 0.08f;        // dioptres: contrast is all but the peak's
constexpr float kSame = 0.03f;        // dioptres: two codes of a lens of 15 dioptres and 10 bits
constexpr float kMaxPosition = 1000;  // dioptres: beyond, it isn't a lens
constexpr int kMaxGap = 1000;

}  // namespace

void LensMotion::update(const Applied& frame) {
  const float reported = frame.settings.lens_position;
  const float target = std::isfinite(reported) && std::abs(reported) < kMaxPosition ? reported : applied_;
  const bool first = frames_ == 0;
  const std::uint64_t gap = frame.sequence > sequence_ && !first ? std::min<std::uint64_t>(frame.sequence - sequence_, kMaxGap) : 1;
  frames_ = static_cast<int>(gap);
  sequence_ = frame.sequence;
  unchanged_ = !first && std::abs(target - applied_) < 1e-4f ? std::min(unchanged_ + frames_, kMaxGap) : 0;
  applied_ = target;
  const float before = first ? target : end_;
  const auto left = [&](float frames) { return lag_ > 0 ? std::exp(-frames / lag_) : 0; };
  const float frames = static_cast<float>(frames_), last = position_;
  position_ = target + (before - target) * left(frames - 0.5f);
  end_ = target + (before - target) * left(frames);
  speed_ = first ? 0 : (position_ - last) / frames;
}

bool LensMotion::at_rest() const { return std::abs(position_ - applied_) < kStill && std::abs(speed_) < kStill; }

bool LensMotion::arrived(float target, int patience) const {
  return std::abs(position_ - applied_) < kNear && (std::abs(applied_ - target) < kSame || unchanged_ >= patience);
}

int LensMotion::frames_to(float distance, float rest) const {
  if (!(std::abs(distance) > rest) || !(rest > 0)) return 1;
  return std::clamp(static_cast<int>(std::ceil(lag_ * std::log(std::abs(distance) / rest))), 1, kMaxGap);
}

}  // namespace argent
