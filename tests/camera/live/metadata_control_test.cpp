#include "camera/live/metadata_control.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// As a Raspberry Pi offers them for imx708 (`cam -c1 --list-controls`).
OfferedControls raspberry_pi() {
  OfferedControls offered;
  offered.ae_enable = offered.af_mode = true;
  offered.exposure_time = OfferedRange{26, 220'000};
  offered.analogue_gain = OfferedRange{1, 16};
  offered.lens_position = OfferedRange{0, 32};
  offered.frame_duration = OfferedRange{9'971, 220'417'486};
  return offered;
}

/// What comes back: whole lines, gain codes, some requests later; as the metadata of a real stream.
class FakeSensor {
 public:
  explicit FakeSensor(int delay) : delay_(static_cast<std::size_t>(delay)) {}

  CompletedBuffer expose(const RequestControls& controls) {
    sent_.push_back(controls);
    const RequestControls& shown = sent_.size() > delay_ ? sent_[sent_.size() - 1 - delay_] : sent_.front();
    CompletedBuffer frame;
    frame.good = true;
    frame.sequence = sent_.size() - 1;
    frame.metadata.exposure_time = Microseconds(std::floor(shown.exposure_time->count() / 13.4) * 13.4);
    frame.metadata.analogue_gain = 1024 / (1024 - std::floor(1024 - 1024 / *shown.analogue_gain));
    frame.metadata.lens_position = shown.lens_position;
    frame.metadata.frame_duration = Microseconds(33'333);
    return frame;
  }

 private:
  std::size_t delay_;
  std::vector<RequestControls> sent_;
};

TEST(MetadataControl, EveryFrameKnowsItsDecision) {
  MetadataControl control(raspberry_pi(), {}, {Microseconds(10'000), 1, 1});
  FakeSensor sensor(3);
  for (std::uint64_t i = 0; i < 100; i++) {
    const auto shown = control.shown(sensor.expose(control.request_controls()));
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->decision, i < 3 ? 0 : i - 3) << i;
    EXPECT_EQ(shown->frame_duration, Microseconds(33'333));
    control.ask({Microseconds(11'000 + 1'000 * double(i % 37)), 1.0f + 0.1f * float(i % 7), 1});
  }
}

TEST(MetadataControl, AlgorithmsOfTheCameraAreOff) {
  MetadataControl control(raspberry_pi(), {Microseconds(20'000), Microseconds(50'000)}, {Microseconds(10'000), 2, 1});
  const RequestControls controls = control.request_controls();
  EXPECT_EQ(controls.ae_enable, false);
  EXPECT_EQ(controls.exposure_time, Microseconds(10'000));
  EXPECT_EQ(controls.frame_duration_limits->second, Microseconds(50'000));
  EXPECT_EQ(control.possible({Microseconds(90'000), 99, 99}).exposure, Microseconds(50'000));
  EXPECT_EQ(control.possible({Microseconds(90'000), 99, 99}).analogue_gain, 16);
}

TEST(MetadataControl, ABracketTakesARequestAStep) {
  MetadataControl control(raspberry_pi(), {Microseconds(0), Microseconds(50'000)}, {Microseconds(10'000), 1, 1});
  FakeSensor sensor(2);
  const std::vector<SensorSettings> steps{{Microseconds(5'000), 1, 1}, {Microseconds(20'000), 1, 1}, {Microseconds(40'000), 1, 1}};
  control.ask_bracket(steps);
  std::vector<int> seen;
  for (int i = 0; i < 8; i++) seen.push_back(control.shown(sensor.expose(control.request_controls()))->bracket_step);
  EXPECT_EQ(seen, (std::vector<int>{0, 0, 0, 1, 2, -1, -1, -1}));
}

/// The steps and decisions that frames show when a bracket is asked for after 6 frames, by a camera that shows requests 3 frames later.
struct Seen {
  std::vector<int> steps;
  std::vector<std::uint64_t> decisions;
};
Seen seen_of_bracket(const std::vector<SensorSettings>& steps, const SensorSettings& current) {
  MetadataControl control(raspberry_pi(), {}, current);
  FakeSensor sensor(3);
  Seen seen;
  for (int i = 0; i < 16; i++) {
    if (i == 6) control.ask_bracket(steps);
    const auto shown = control.shown(sensor.expose(control.request_controls()));
    seen.steps.push_back(shown->bracket_step);
    seen.decisions.push_back(shown->decision);
  }
  return seen;
}

TEST(MetadataControl, AStepEqualToWhatIsInForceIsFound) {
  const SensorSettings now{Microseconds(10'000), 1, 1}, less{Microseconds(5'000), 1, 1}, more{Microseconds(20'000), 1, 1};
  using Steps = std::vector<int>;
  const int no = -1;
  EXPECT_EQ(seen_of_bracket({less, now, more}, now).steps, (Steps{no, no, no, no, no, no, no, no, no, 0, 1, 2, no, no, no, no}));
  EXPECT_EQ(seen_of_bracket({less, more, now}, now).steps, (Steps{no, no, no, no, no, no, no, no, no, 0, 1, 2, no, no, no, no}));
  EXPECT_EQ(seen_of_bracket({less, now, more}, now).decisions.back(), 4u);
  // Frames exposed just before the first step can't be told from it, nor need they be; all three come, in order.
  Steps first = seen_of_bracket({now, less, more}, now).steps;
  EXPECT_EQ(Steps(first.begin() + 9, first.end()), (Steps{0, 1, 2, no, no, no, no}));
}

TEST(MetadataControl, DecisionsNeverGoBackAndKeepUpWhenSettingsStay) {
  MetadataControl control(raspberry_pi(), {}, {Microseconds(10'000), 1, 1});
  FakeSensor sensor(3);
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < 200; i++) {
    const auto shown = control.shown(sensor.expose(control.request_controls()));
    EXPECT_GE(shown->decision, last) << i;
    last = shown->decision;
    if (i > 3) {
      EXPECT_GE(shown->decision + 3, i) << i;
    }
    control.ask({Microseconds(i % 40 < 20 ? 10'000 : 12'000), 1, 1});
  }
}

TEST(MetadataControl, LongestFrameOf0MeansNoSlowingDown) {
  MetadataControl own(raspberry_pi(), {}, {Microseconds(10'000), 1, 1});
  EXPECT_NEAR(own.limits().longest_exposure.count(), 33'333, 1);
  EXPECT_EQ(own.request_controls().frame_duration_limits->first, own.request_controls().frame_duration_limits->second);
  MetadataControl fast(raspberry_pi(), {Microseconds(20'000), Microseconds(0)}, {Microseconds(10'000), 1, 1});
  EXPECT_EQ(fast.limits().longest_exposure, Microseconds(20'000));
  EXPECT_EQ(fast.limits().longest_frame, Microseconds(20'000));
  MetadataControl slow(raspberry_pi(), {Microseconds(0), Microseconds(100'000)}, {Microseconds(10'000), 1, 1});
  EXPECT_EQ(slow.limits().longest_exposure, Microseconds(100'000));
  MetadataControl too_fast(raspberry_pi(), {Microseconds(1'000), Microseconds(0)}, {Microseconds(10'000), 1, 1});
  EXPECT_EQ(too_fast.limits().longest_frame, Microseconds(9'971));
}

TEST(MetadataControl, AFrameWithoutExposureIsUnknown) {
  MetadataControl control(raspberry_pi(), {}, {Microseconds(10'000), 1, 1});
  EXPECT_FALSE(control.shown(CompletedBuffer()));
}

TEST(MetadataControl, SettingsOfNobodyHaveNoDecision) {
  MetadataControl control(raspberry_pi(), {}, {Microseconds(10'000), 1, 1});
  control.ask({Microseconds(12'000), 1, 1});
  control.request_controls();
  CompletedBuffer frame;
  frame.metadata.exposure_time = Microseconds(30'000);
  EXPECT_EQ(control.shown(frame)->decision, 0u);
  EXPECT_EQ(control.shown(frame)->settings.exposure, Microseconds(30'000));
}

TEST(MetadataControl, NeedsExposureTime) { EXPECT_THROW(MetadataControl({}, {}, {}), Error); }

TEST(MetadataControl, WithoutGainItStays) {
  OfferedControls offered = raspberry_pi();
  offered.analogue_gain.reset();
  MetadataControl control(offered, {}, {Microseconds(10'000), 4, 1});
  EXPECT_FALSE(control.request_controls().analogue_gain);
  EXPECT_EQ(control.possible({Microseconds(1'000), 4, 1}).analogue_gain, 1);
}

}  // namespace
}  // namespace argent
