// The last pass: output spaces, a profile's tables and curve, 3D LUTs. Through Pipeline::render, beside tests/reference/finish.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "isp/black_point.h"
#include "isp/color_space.h"
#include "isp/dng_color.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/finish.h"
#include "tests/reference/frames.h"
#include "tests/reference/render.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::FinishInputs;
using reference::Rgb;
using reference::runnable_targets;
using reference::same_bytes;

double value(const Image& image, int x, int y, int c) {
  return image.type() == PixelType::kU8 ? image.row<std::uint8_t>(y)[x * 3 + c] / 255.0 : image.row<std::uint16_t>(y)[x * 3 + c] / 65535.0;
}

/// A profile whose camera sees ProPhoto RGB, times a matrix that drives some colors out of it.
DngProfile pro_photo_camera() {
  DngProfile profile;
  const Mat3 wide{1.3f, -0.2f, -0.1f, -0.15f, 1.25f, -0.1f, 0, -0.2f, 1.2f};
  for (std::size_t i = 0; i < 2; i++) {
    DngIlluminant& light = profile.illuminants[i];
    light.code = i == 0 ? 17 : 21;  // A, D65
    light.color_matrix = kXyzToSrgb;
    light.forward = multiply(*inverse(xyz_d50_to_pro_photo()), wide);
  }
  return profile;
}

HueSatTable random_table(int hues, int saturations, int values, std::uint32_t seed) {
  HueSatTable table{hues, saturations, values, {}};
  std::mt19937 random(seed);
  const auto uniform = [&](float low, float high) { return low + (high - low) * static_cast<float>(random() >> 8) / 16777216.0f; };
  for (int i = 0; i < hues * saturations * values; i++) {
    table.nodes.push_back({uniform(-40, 40), uniform(0.5f, 1.4f), uniform(0.7f, 1.2f)});
    if (i % saturations == 0) table.nodes.back().value_scale = 1;  // as DNG demands: greys have no hue to look up
  }
  return table;
}

HueSatTable neutral_table(int hues, int saturations, int values) {
  return {hues, saturations, values, std::vector<HueSatTable::Node>(static_cast<std::size_t>(hues * saturations * values))};
}

Lut3d identity_lut(int size) {
  Lut3d lut{size, {0, 0, 0}, {1, 1, 1}, {}};
  const auto at = [&](int i) { return static_cast<float>(i) / static_cast<float>(size - 1); };
  for (int b = 0; b < size; b++) {
    for (int g = 0; g < size; g++) {
      for (int r = 0; r < size; r++) lut.nodes.push_back({at(r), at(g), at(b)});
    }
  }
  return lut;
}

Lut3d random_lut(int size, std::uint32_t seed) {
  Lut3d lut = identity_lut(size);
  lut.domain_min = {-0.1f, 0, 0.05f};
  lut.domain_max = {1, 0.9f, 1.2f};
  std::mt19937 random(seed);
  for (auto& node : lut.nodes) {
    for (float& v : node) v += static_cast<float>(random() >> 8) / 16777216.0f * 0.6f - 0.3f;
  }
  return lut;
}

struct Look {
  const char* name = "";
  std::optional<DngProfile> profile;
  std::shared_ptr<const Lut3d> lut;
};

std::vector<Look> looks() {
  std::vector<Look> out{{"plain", {}, {}}, {"matrices", pro_photo_camera(), {}}};
  DngProfile flat = pro_photo_camera(), deep = pro_photo_camera(), curved = pro_photo_camera();
  flat.illuminants[0].hue_sat = random_table(7, 3, 1, 1);
  flat.illuminants[1].hue_sat = random_table(7, 3, 1, 2);
  flat.hue_sat_encoding = TableEncoding::kSrgb;  // of no effect without divisions of value
  deep.illuminants[0].hue_sat = random_table(6, 4, 3, 3);
  deep.look = random_table(5, 2, 4, 4);
  deep.hue_sat_encoding = TableEncoding::kSrgb;
  deep.look_encoding = TableEncoding::kSrgb;
  deep.baseline_exposure_offset = -0.5f;
  curved.look = random_table(1, 2, 2, 5);
  curved.tone_curve = {{0, 0}, {0.1f, 0.2f}, {0.3f, 0.55f}, {0.6f, 0.8f}, {1, 1}};
  out.push_back({"flat", flat, {}});
  out.push_back({"deep", deep, {}});
  out.push_back({"curved", curved, {}});
  out.push_back({"lut", {}, std::make_shared<const Lut3d>(random_lut(5, 6))});
  out.push_back({"lut of two", curved, std::make_shared<const Lut3d>(random_lut(2, 7))});
  return out;
}

struct Setting {
  PipelineParams params;
  Controls controls;
};

Setting plain(ColorSpace color, PixelType type = PixelType::kU16) {
  Setting s;
  s.params.output.color = color;
  s.params.output.type = type;
  s.controls.colour_gains = {1.6f, 1, 1.3f};
  s.controls.colour_temperature = 4000;
  return s;
}

RawFrame frame_of(CfaPattern cfa, Size size, const Look& look) {
  RawFrame frame = reference::make_frame(cfa, size);
  if (look.profile) apply(*look.profile, frame);
  return frame;
}

/// What Pipeline should make of it, written down a second time.
FinishInputs expected(const RawFrame& frame, const Setting& s) {
  FinishInputs in;
  const OutputParams& output = s.params.output;
  in.linear = output.encoding == Encoding::kLinear;
  in.color = output.color;
  in.tone = s.params.tone;
  in.lut = output.lut.get();
  if (frame.dng_profile && frame.sensor.cfa != CfaPattern::kMonochrome) {
    const DngProfile& profile = *frame.dng_profile;
    const auto color = color_of(profile, s.controls.colour_gains, s.controls.colour_temperature);
    in.to_srgb = multiply(pro_photo_to_srgb(), multiply(xyz_d50_to_pro_photo(), color->balanced_to_xyz));
    in.profile = &profile;
    in.hue_sat = hue_sat_at(profile, color->weight);
    if (!in.linear) in.exposure = std::exp2(profile.baseline_exposure_offset.value_or(0));
  } else if (frame.sensor.cfa != CfaPattern::kMonochrome) {
    in.to_srgb = camera_to_srgb(frame.sensor.matrices, s.controls.colour_temperature).value();
  }
  if (!in.linear && !(in.profile && !in.profile->tone_curve.empty())) in.exposure *= double(std::exp2(s.params.tone.exposure));
  in.exposure *= double(s.controls.digital_gain);
  Vec3 gains = frame.sensor.cfa == CfaPattern::kMonochrome ? Vec3{1, 1, 1} : s.controls.colour_gains;
  std::sort(gains.begin(), gains.end());
  in.white = in.exposure * double(gains[1] / (in.linear ? 1 : gains[0]));
  return in;
}

/// Of pictures up to 512 pixels wide and high, whose every pixel is looked at.
double expected_black(Size size, const reference::Render& twin, const FinishInputs& in, float percent) {
  if (percent <= 0 || in.linear) return 0;
  std::vector<double> values;
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const bool own_curve = in.profile != nullptr && !in.profile->tone_curve.empty();
      values.push_back(reference::luminance_of(reference::scene_light(twin.linear(x, y), in), own_curve));
    }
  }
  std::sort(values.begin(), values.end());
  const double black = values[static_cast<std::size_t>(double(percent) / 100 * double(values.size() - 1))];
  return std::clamp(black, 0.0, double(kMostBlack));
}

void expect_twin(const RawFrame& frame, const Setting& s, CpuTarget cpu, double tolerance, const std::string& what) {
  const Image image = Pipeline(s.params, cpu).render(frame, s.controls);
  reference::RenderInputs mosaic;  // up to linear camera color
  const bool mono = frame.sensor.cfa == CfaPattern::kMonochrome;
  if (!mono) mosaic.gains = s.controls.colour_gains;
  mosaic.first = mono ? -1 : 1;
  const reference::Render twin(frame, mosaic);
  FinishInputs in = expected(frame, s);
  in.black = expected_black(image.size(), twin, in, s.params.tone.black);
  for (int y = 0; y < image.height(); y++) {
    for (int x = 0; x < image.width(); x++) {
      const Rgb rgb = reference::finish(twin.linear(x, y), in);
      for (int c = 0; c < 3; c++) {
        ASSERT_NEAR(value(image, x, y, c), rgb[static_cast<std::size_t>(c)], tolerance)
            << what << ": pixel " << x << "," << y << " channel " << c << " of " << to_text(frame.size()) << " cfa "
            << static_cast<int>(frame.sensor.cfa) << " color " << name_of(s.params.output.color) << " on " << name_of(cpu);
      }
    }
  }
}

// What f32 loses is steepest at black, in PQ and behind a random table.
constexpr double kTolerance = 2e-3;

TEST(Finish, EqualsItsTwinInEverySpaceLookAndTarget) {
  for (const CpuTarget cpu : runnable_targets()) {
    for (const Look& look : looks()) {
      const RawFrame frame = frame_of(CfaPattern::kRgb, {61, 17}, look);
      for (const ColorSpace color : {ColorSpace::kSrgb, ColorSpace::kDisplayP3, ColorSpace::kRec2020, ColorSpace::kRec2100Pq}) {
        Setting s = plain(color);
        s.params.output.lut = look.lut;
        s.controls.digital_gain = 1.4f;
        expect_twin(frame, s, cpu, kTolerance, look.name);
        if (color == ColorSpace::kRec2100Pq || HasFatalFailure()) continue;
        s.params.output.type = PixelType::kU8;
        expect_twin(frame, s, cpu, kTolerance + 1.0 / 255, look.name);  // the one pass has a polynomial
        if (look.lut) continue;
        s.params.output.type = PixelType::kU16;
        s.params.output.encoding = Encoding::kLinear;
        expect_twin(frame, s, cpu, kTolerance, look.name);
      }
      if (HasFatalFailure()) return;
    }
  }
}

// Half of a dark frame below the level that is taken away at most, half above.
RawFrame dim_frame(CfaPattern cfa, Size size, const Look& look) {
  RawFrame frame = frame_of(cfa, size, look);
  frame.sensor.white.fill(200'000);
  return frame;
}

TEST(Finish, EqualsItsTwinWithABlackPoint) {
  for (const CpuTarget cpu : runnable_targets()) {
    for (const Look& look : looks()) {
      for (const float percent : {0.5f, 5.0f}) {
        for (const PixelType type : {PixelType::kU8, PixelType::kU16}) {
          Setting s = plain(ColorSpace::kSrgb, type);
          s.params.output.lut = look.lut;
          s.params.tone.black = percent;
          expect_twin(dim_frame(CfaPattern::kRgb, {23, 7}, look), s, cpu, kTolerance + (type == PixelType::kU8 ? 0.5 / 255 : 0), look.name);
        }
      }
      if (HasFatalFailure()) return;
    }
  }
  Setting s = plain(ColorSpace::kSrgb);
  s.params.tone.black = 5;
  for (const CfaPattern cfa : reference::kAllPatterns) {
    for (const Size size : reference::kOddSizes) expect_twin(dim_frame(cfa, size, {}), s, best_cpu_target(), kTolerance, "sizes");
  }
}

TEST(Finish, EqualsItsTwinInEveryPatternAndSize) {
  for (const CfaPattern cfa : reference::kAllPatterns) {
    for (const Size size : reference::kOddSizes) {
      for (const Look& look : looks()) {
        if (std::string_view(look.name) == "deep" || std::string_view(look.name) == "lut") {
          Setting s = plain(ColorSpace::kDisplayP3);
          s.params.output.lut = look.lut;
          expect_twin(frame_of(cfa, size, look), s, best_cpu_target(), kTolerance, look.name);
        }
      }
      if (HasFatalFailure()) return;
    }
  }
}

Image rendered(const Look& look, Setting s, CfaPattern cfa = CfaPattern::kRgb) {
  s.params.output.lut = look.lut;
  return Pipeline(s.params).render(frame_of(cfa, {64, 48}, look), s.controls);
}

double largest_difference(const Image& a, const Image& b) {
  double most = 0;
  for (int y = 0; y < a.height(); y++) {
    for (int i = 0; i < a.width() * 3; i++) most = std::max(most, std::abs(value(a, i / 3, y, i % 3) - value(b, i / 3, y, i % 3)));
  }
  return most;
}

TEST(Finish, NeutralTablesAndLutsChangeNothing) {
  const Setting s = plain(ColorSpace::kRec2020);
  const Look none{"", pro_photo_camera(), {}};
  const Image wanted = rendered(none, s);
  for (const TableEncoding encoding : {TableEncoding::kLinear, TableEncoding::kSrgb}) {
    for (const int values : {1, 4}) {
      Look neutral = none;
      neutral.profile->illuminants[0].hue_sat = neutral_table(12, 5, values);
      neutral.profile->look = neutral_table(1, 2, values);
      neutral.profile->hue_sat_encoding = neutral.profile->look_encoding = encoding;
      EXPECT_LT(largest_difference(rendered(neutral, s), wanted), 1e-4);
    }
  }
  for (const int size : {2, 3, 33}) {
    Look graded = none;
    graded.lut = std::make_shared<const Lut3d>(identity_lut(size));
    EXPECT_LE(largest_difference(rendered(graded, s), wanted), 1.5 / 65535) << size;
  }
}

TEST(Finish, WhatIsNotThereLeavesEveryBitAlone) {
  Look look{"", pro_photo_camera(), {}};
  const Image wanted = rendered(look, plain(ColorSpace::kDisplayP3));
  look.profile->hue_sat_encoding = look.profile->look_encoding = TableEncoding::kSrgb;
  EXPECT_TRUE(same_bytes(rendered(look, plain(ColorSpace::kDisplayP3)), wanted));
}

TEST(Finish, EverythingInAProfileChangesThePicture) {
  DngProfile base = pro_photo_camera();
  base.illuminants[0].hue_sat = random_table(6, 4, 3, 3);
  base.illuminants[1].hue_sat = random_table(6, 4, 3, 8);
  base.look = random_table(5, 2, 4, 4);
  const Setting s = plain(ColorSpace::kSrgb);
  const Image wanted = rendered({"", base, {}}, s);
  const auto changes = [&](const std::function<void(DngProfile&)>& change) {
    DngProfile other = base;
    change(other);
    return !same_bytes(rendered({"", other, {}}, s), wanted);
  };
  EXPECT_TRUE(changes([](DngProfile& p) { p.illuminants[0].hue_sat.nodes[20].hue_shift += 5; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.illuminants[1].hue_sat = p.illuminants[0].hue_sat; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.look = {}; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.hue_sat_encoding = TableEncoding::kSrgb; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.look_encoding = TableEncoding::kSrgb; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.tone_curve = {{0, 0}, {0.4f, 0.6f}, {1, 1}}; }));
  EXPECT_TRUE(changes([](DngProfile& p) { p.baseline_exposure_offset = 0.3f; }));
  EXPECT_TRUE(changes([](DngProfile& p) { (*p.illuminants[0].forward)[1] += 0.05f; }));
}

TEST(Finish, CorrectionsOfAProfileWinAndCameraColorHasNoTables) {
  Look look{"", pro_photo_camera(), {}};
  look.profile->look = random_table(5, 2, 4, 4);
  Setting s = plain(ColorSpace::kSrgb);
  s.params.corrections = {{5000, kIdentity3}};
  EXPECT_TRUE(same_bytes(rendered(look, s), rendered({}, s)));
  const Setting camera = plain(ColorSpace::kCamera);
  EXPECT_TRUE(same_bytes(rendered(look, camera), rendered({}, camera)));
}

TEST(Finish, SaturationIsADistanceFromGreyAndFollowsTheGain) {
  for (const CfaPattern cfa : {CfaPattern::kRgb, CfaPattern::kRggb}) {
    for (const PixelType type : {PixelType::kU8, PixelType::kU16}) {
      Setting s = plain(ColorSpace::kSrgb, type);
      const Image wanted = rendered({}, s, cfa);
      s.params.color.saturation = 1.3f;
      EXPECT_FALSE(same_bytes(rendered({}, s, cfa), wanted));
      s.params.color.saturation = 0;
      const Image grey = rendered({}, s, cfa);
      for (int i = 0; i < 64; i++) EXPECT_NEAR(value(grey, i, 20, 0), value(grey, i, 20, 2), 1.01 / 255);

      s = plain(ColorSpace::kSrgb, type);
      s.params.color.saturation_per_stop = -0.1f;
      RawFrame frame = frame_of(cfa, {64, 48}, {});
      EXPECT_TRUE(same_bytes(Pipeline(s.params).render(frame, s.controls), wanted)) << "gain 1";
      frame.applied.settings.analogue_gain = 8;
      s.params.color.saturation = 1 / 0.7f;
      EXPECT_LE(largest_difference(Pipeline(s.params).render(frame, s.controls), wanted), 1.01 / 255) << "three stops take 0.3";
    }
  }
}

TEST(Finish, InGamutColorsAreTheSameInEverySpace) {
  // Greys of all levels and pale colors: decoded, taken to XYZ, compared.
  const RawFrame frame = reference::make_frame(CfaPattern::kRgb, {64, 48});
  const Image srgb = rendered({}, plain(ColorSpace::kSrgb));
  for (const ColorSpace space : {ColorSpace::kDisplayP3, ColorSpace::kRec2020}) {
    const Image other = rendered({}, plain(space));
    const Mat3 back = *inverse(srgb_to(space));
    for (int i = 0; i < 64 * 48; i++) {
      Rgb code{}, light{};
      for (int c = 0; c < 3; c++) {
        code[static_cast<std::size_t>(c)] = value(srgb, i % 64, i / 64, c);
        light[static_cast<std::size_t>(c)] = decoded(space, value(other, i % 64, i / 64, c));
      }
      if (*std::min_element(code.begin(), code.end()) < 0.01 || *std::max_element(code.begin(), code.end()) > 0.99) continue;
      light = reference::times(back, light);
      for (std::size_t c = 0; c < 3; c++) ASSERT_NEAR(encoded(ColorSpace::kSrgb, light[c]), code[c], 1e-3) << i;
    }
  }
}

TEST(Finish, PqHoldsLightAndHighlights) {
  Setting s = plain(ColorSpace::kRec2100Pq);
  RawFrame frame = reference::make_frame(CfaPattern::kMonochrome, {64, 48}, reference::Content::kSaturated);
  const double white = decoded(ColorSpace::kRec2100Pq, value(Pipeline(s.params).render(frame, s.controls), 32, 24, 1)) * kPqPeak;
  EXPECT_NEAR(white / (kPqWhite * std::exp2(1.25)), 1, 1e-3) << "saturation lies 1.25 EV above the white of the scene";
  s.params.tone.exposure = 4;
  EXPECT_NEAR(decoded(ColorSpace::kRec2100Pq, value(Pipeline(s.params).render(frame, s.controls), 32, 24, 1)), 1, 1e-3) << "the peak";
}

TEST(Finish, WhatContradictsItselfIsRefused) {
  const auto refused = [](const std::function<void(OutputParams&)>& change) {
    PipelineParams params;
    change(params.output);
    EXPECT_THROW(Pipeline{params}, Error);
  };
  refused([](OutputParams& o) { o.color = ColorSpace::kRec2100Pq; });
  refused([](OutputParams& o) {
    o.color = ColorSpace::kRec2100Pq;
    o.type = PixelType::kU16;
    o.encoding = Encoding::kLinear;
  });
  refused([](OutputParams& o) { o.lut = std::make_shared<const Lut3d>(Lut3d{3, {0, 0, 0}, {1, 1, 1}, {}}); });
  refused([](OutputParams& o) {
    o.lut = std::make_shared<const Lut3d>(identity_lut(2));
    o.encoding = Encoding::kLinear;
  });
  refused([](OutputParams& o) {
    Lut3d lut = identity_lut(2);
    lut.domain_max[1] = 0;
    o.lut = std::make_shared<const Lut3d>(lut);
  });

  Look look{"", pro_photo_camera(), {}};
  look.profile->look = neutral_table(4, 4, 4);
  look.profile->look.nodes.pop_back();
  EXPECT_THROW(rendered(look, plain(ColorSpace::kSrgb)), Error);
  look.profile->look = {};
  look.profile->tone_curve = {{0, 0}, {0.5f, 0.5f}, {0.5f, 0.6f}, {1, 1}};
  EXPECT_THROW(rendered(look, plain(ColorSpace::kSrgb)), Error);
}

}  // namespace
}  // namespace argent
