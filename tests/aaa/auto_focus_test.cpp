#include "aaa/auto_focus.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/aaa/lens_plant.h"

namespace argent {
namespace {

/// A controller in its loop.
struct Loop {
  explicit Loop(const LensPlantParams& p, const AutoFocusParams& params = {}) : plant(p), focus(params) { request.af_mode = AfMode::kAuto; }

  const FocusTrace& step() {
    const FocusDecision decision = focus.update(plant.next(), request);
    plant.apply(decision.lens_position);
    request.af_trigger.reset();
    request.af_pause.reset();
    trace = decision.trace;
    EXPECT_TRUE(std::isfinite(decision.lens_position));
    EXPECT_FALSE(trace.reason.empty());
    if (trace.reason.find("disagree") != std::string_view::npos) disagreed = true;
    return trace;
  }

  void run(int frames) {
    for (int i = 0; i < frames; i++) step();
  }

  /// Frames until a search that begins now has ended.
  int search(int most = 300) {
    request.af_trigger = AfTrigger::kStart;
    for (int frame = 1; frame <= most; frame++) {
      if (step().state != AfState::kScanning) return frame;
    }
    return most + 1;
  }

  LensPlant plant;
  AutoFocus focus;
  Request request;
  FocusTrace trace;
  bool disagreed = false;
};

TEST(AutoFocus, FindsThePeakOverContrastNoiseDepthPlayAndStart) {
  constexpr int kRuns = 1000;
  int right = 0, wrong = 0;
  std::vector<int> frames;
  std::mt19937 random(20251125);
  const auto any = [&](float a, float b) { return a + (b - a) * static_cast<float>(random() % 10'001) / 10'000; };
  for (int run = 0; run < kRuns; run++) {
    LensPlantParams p;
    p.sharpest = any(0, 11.5f);
    p.start = any(0, 12);
    p.contrast = std::exp(any(std::log(0.005f), std::log(0.3f)));
    p.blur = any(1.8f, 3);
    p.shape = any(1.2f, 1.8f);
    p.floor = any(0, 0.1f);
    p.noise = any(0.003f, 0.05f);
    p.dark_noise = any(0, 5e-5f);
    p.hysteresis = any(0, 0.25f);
    p.lag = any(0.9f, 1.1f);
    p.seed = random();
    Loop loop(p);
    loop.run(3);
    frames.push_back(loop.search());
    const bool focused = loop.trace.state == AfState::kFocused;
    right += focused && loop.plant.in_focus();
    wrong += focused && !loop.plant.in_focus();
  }
  std::sort(frames.begin(), frames.end());
  std::printf("right %.1f %%, false Focused %.1f %%, frames: median %d, 95 %% %d, most %d\n", 100.0 * right / kRuns, 100.0 * wrong / kRuns,
              frames[kRuns / 2], frames[kRuns * 95 / 100], frames.back());
  EXPECT_GE(right, kRuns * 98 / 100);
  EXPECT_LE(wrong, kRuns / 100);
  EXPECT_LE(frames[kRuns / 2], 21);
  EXPECT_LE(frames.back(), 120);
}

TEST(AutoFocus, NoContrastIsFailedWithAReason) {
  for (float dark_noise : {0.0f, 1e-6f, 1e-4f}) {
    for (float floor : {0.0f, 1.0f}) {
      LensPlantParams p;
      p.contrast = floor > 0 ? 0.1f : 0;
      p.floor = floor;
      p.dark_noise = dark_noise;
      for (p.seed = 1; p.seed <= 30; p.seed++) {
        Loop loop(p);
        loop.run(3);
        EXPECT_LE(loop.search(), 150);
        EXPECT_EQ(loop.trace.state, AfState::kFailed) << loop.trace.reason;
      }
    }
  }
}

TEST(AutoFocus, ALensThatDoesNotMoveAndASubjectBeyondTheRangeAreFailed) {
  LensPlantParams p;
  p.max_position = 0;
  p.start = 0;
  Loop still(p);
  EXPECT_LE(still.search(), 200);
  EXPECT_EQ(still.trace.state, AfState::kFailed);

  LensPlantParams near;
  near.sharpest = 14;
  Loop beyond(near);
  beyond.search();
  EXPECT_EQ(beyond.trace.state, AfState::kFailed) << beyond.plant.position();
  beyond.request.af_range = AfRange::kFull;
  beyond.search();
  EXPECT_EQ(beyond.trace.state, AfState::kFocused) << beyond.trace.reason;
  EXPECT_TRUE(beyond.plant.in_focus());
}

TEST(AutoFocus, NoLightTimesOut) {
  Loop loop({});
  loop.run(2);
  loop.request.af_trigger = AfTrigger::kStart;
  Statistics dark;
  dark.columns = 0;
  int frames = 0;
  for (AfState state = AfState::kScanning; state == AfState::kScanning && frames < 1000; frames++) {
    dark.applied.timestamp = Microseconds(2e6 + frames * 33'333.0);
    const FocusDecision decision = loop.focus.update(dark, loop.request);
    loop.request.af_trigger.reset();
    state = decision.trace.state;
    if (state == AfState::kFailed) {
      EXPECT_EQ(decision.trace.reason, "timed out");
    }
  }
  EXPECT_NEAR(frames, 5 * 30, 8);
}

TEST(AutoFocus, PhaseGoesStraightThere) {
  AutoFocusParams params;
  params.phase_gain = 0.5f;
  for (unsigned seed = 1; seed <= 50; seed++) {
    LensPlantParams p;
    p.phase_gain = 2;
    p.start = static_cast<float>(seed % 12);
    p.sharpest = static_cast<float>(seed * 7 % 11) + 0.3f;
    p.seed = seed;
    Loop loop(p, params);
    loop.run(3);
    EXPECT_LE(loop.search(), 14);
    EXPECT_EQ(loop.trace.state, AfState::kFocused) << loop.trace.reason;
    EXPECT_TRUE(loop.plant.in_focus()) << seed;
  }
}

TEST(AutoFocus, PhaseThatContrastContradictsIsGivenUp) {
  AutoFocusParams params;
  params.phase_gain = 0.5f;
  int right = 0, disagreed = 0;
  for (unsigned seed = 1; seed <= 50; seed++) {
    LensPlantParams p;
    p.phase_gain = -2;                            // the wrong way round
    p.start = 1 + static_cast<float>(seed % 10);  // not where phase is zero by chance
    p.sharpest = static_cast<float>(seed * 7 % 9) + 0.3f;
    p.seed = seed;
    Loop loop(p, params);
    loop.run(3);
    EXPECT_LE(loop.search(), 120);
    right += loop.trace.state == AfState::kFocused && loop.plant.in_focus();
    disagreed += loop.disagreed;
  }
  EXPECT_GE(right, 48);
  EXPECT_GE(disagreed, 40);
}

TEST(AutoFocus, ContinuousFollowsTheSceneAndRestsOtherwise) {
  LensPlantParams p;
  p.noise = 0.03f;
  Loop loop(p);
  loop.request.af_mode = AfMode::kContinuous;
  EXPECT_EQ(loop.step().state, AfState::kScanning);
  loop.run(80);
  EXPECT_EQ(loop.trace.state, AfState::kFocused) << loop.trace.reason;
  EXPECT_TRUE(loop.plant.in_focus());
  const float rest = loop.trace.target;
  for (int frame = 0; frame < 3000; frame++) {
    loop.step();
    ASSERT_EQ(loop.trace.target, rest) << frame;
  }
  loop.plant.p.sharpest = 7.5f;
  loop.run(120);
  EXPECT_EQ(loop.trace.state, AfState::kFocused) << loop.trace.reason;
  EXPECT_TRUE(loop.plant.in_focus());
}

/// From one frame to the next nothing is left of the contrast: that change is no noise, behind which it could hide.
TEST(AutoFocus, ContinuousSearchesAgainWhenAllContrastIsGone) {
  LensPlantParams p;
  p.noise = 0.005f;
  p.blur = 0.3f;  // texture so fine that a lens 5 dioptres off shows less than a thousandth of it
  p.sharpest = 3;
  Loop loop(p);
  loop.request.af_mode = AfMode::kContinuous;
  loop.run(150);
  ASSERT_EQ(loop.trace.state, AfState::kFocused) << loop.trace.reason;
  loop.plant.p.sharpest = 8;
  int waited = 0;
  while (loop.step().state == AfState::kFocused && waited < 100) waited++;
  EXPECT_LE(waited, AutoFocusParams().retrigger_delay + 2);
}

TEST(AutoFocus, PausesAsLibcameraDoes) {
  Loop loop({});
  loop.request.af_mode = AfMode::kContinuous;
  loop.run(5);
  loop.request.af_pause = AfPause::kDeferred;
  EXPECT_EQ(loop.step().pause_state, AfPauseState::kPausing);
  loop.run(80);
  EXPECT_EQ(loop.trace.pause_state, AfPauseState::kPaused);
  EXPECT_EQ(loop.trace.state, AfState::kFocused);
  loop.plant.p.sharpest = 9;
  loop.run(100);
  EXPECT_FALSE(loop.plant.in_focus());
  loop.request.af_pause = AfPause::kResume;
  EXPECT_EQ(loop.step().state, AfState::kScanning);
  loop.run(5);
  loop.request.af_pause = AfPause::kImmediate;
  EXPECT_EQ(loop.step().state, AfState::kFailed);
  EXPECT_EQ(loop.trace.pause_state, AfPauseState::kPaused);
}

TEST(AutoFocus, CancelAndManual) {
  Loop loop({});
  loop.request.af_trigger = AfTrigger::kStart;
  loop.run(6);
  loop.request.af_trigger = AfTrigger::kCancel;
  EXPECT_EQ(loop.step().state, AfState::kIdle);
  loop.request.af_mode = AfMode::kManual;
  loop.request.lens_position = 6.5f;
  EXPECT_EQ(loop.step().target, 6.5f);
  EXPECT_EQ(loop.trace.state, AfState::kIdle);
  loop.request.af_trigger = AfTrigger::kStart;  // has no meaning in this mode
  EXPECT_EQ(loop.step().state, AfState::kIdle);
  loop.request.lens_position = std::nanf("");
  loop.run(5);
  EXPECT_EQ(loop.trace.target, 6.5f);
}

TEST(AutoFocus, HostileStatisticsNeverStickAndNeverMakeNan) {
  std::mt19937 random(5);
  const float odd[] = {0, 1, -1, 1e-30f, 1e30f, 0.1f, std::nanf(""), std::numeric_limits<float>::infinity(), 5};
  const auto any = [&] { return odd[random() % std::size(odd)]; };
  for (int run = 0; run < 100; run++) {
    AutoFocusParams params;
    params.phase_gain = static_cast<float>(run % 3);
    AutoFocus focus(params);
    Request request;
    request.af_mode = run % 2 ? AfMode::kAuto : AfMode::kContinuous;
    request.af_windows = {{any(), any(), any(), any(), any()}};
    request.af_trigger = AfTrigger::kStart;
    bool ended = false;
    for (int frame = 0; frame < 320; frame++) {
      Statistics s;
      s.columns = random() % 8 ? 8 : 99;
      s.rows = 6;
      for (auto& zone : s.zones) {
        zone.focus = {any(), any()};
        zone.mean = {any(), any(), any()};
      }
      s.phase_columns = s.phase_rows = 3;
      for (auto& phase : s.phases) phase = {any(), any()};
      s.applied.settings = {Microseconds(any()), any(), any()};
      s.applied.timestamp = Microseconds(any());
      s.applied.sequence = random();
      const FocusDecision d = focus.update(s, request);
      request.af_trigger.reset();
      for (float v : {d.lens_position, d.trace.score[0], d.trace.score[1], d.trace.phase, d.trace.phase_confidence, d.trace.noise,
                      d.trace.estimated_position}) {
        ASSERT_TRUE(std::isfinite(v));
      }
      ended = ended || d.trace.state != AfState::kScanning;
    }
    EXPECT_TRUE(ended);
  }
}

/// The left half of the scene is near, the right one far; the user points at the other half while the lens still sweeps.
TEST(AutoFocus, AWindowThatChangesDuringASearchIsTheOneInFocus) {
  for (int change = 5; change < 18; change++) {
    const unsigned seed = static_cast<unsigned>(change);
    LensPlantParams near, far;
    near.sharpest = 9;
    far.sharpest = 2;
    near.contrast = 0.2f;
    near.seed = seed;
    far.seed = seed + 100;
    LensPlant left(near), right(far);
    AutoFocus focus{AutoFocusParams{}};
    Request request;
    request.af_mode = AfMode::kAuto;
    request.af_windows = {{0, 0, 0.5f, 1}};
    FocusTrace trace;
    for (int frame = 0; frame < 120; frame++) {
      request.af_trigger.reset();
      if (frame == 3) request.af_trigger = AfTrigger::kStart;
      if (frame == change) request.af_windows = {{0.5f, 0, 0.5f, 1}};
      Statistics both = left.next();
      const Statistics& other = right.next();
      for (int row = 0; row < both.rows; row++) {
        for (int column = both.columns / 2; column < both.columns; column++) both.zone(column, row) = other.zone(column, row);
      }
      const FocusDecision decision = focus.update(both, request);
      left.apply(decision.lens_position);
      right.apply(decision.lens_position);
      trace = decision.trace;
    }
    EXPECT_EQ(trace.state, AfState::kFocused) << change;
    EXPECT_TRUE(right.in_focus()) << change << ": " << right.position();
  }
}

}  // namespace
}  // namespace argent
