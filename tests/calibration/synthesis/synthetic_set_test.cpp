#include "calibration/synthesis/synthetic_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "camera/spectral/reflectances.h"
#include "isp/io/raw_file.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "tests/calibration/synthesis/ideal_camera.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    static int number = 0;
    path_ = fs::temp_directory_path() / ("argent_synthetic_set_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
    fs::remove_all(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

KnownCamera small_camera(Size size = {192, 144}) {
  KnownCamera camera;
  camera.name = "small (synthetic)";
  camera.sensitivities = analytic_sensitivities();
  camera.sensor.size = size;
  camera.sensor.defects = random_defects(size, 20, 1);
  return camera;
}

SyntheticSetOptions two_lights() {
  SyntheticSetOptions options;
  options.lights = {known_light("A"), known_light("D65")};
  options.gains = {1, 4};
  return options;
}

std::map<SetPart, int> counts_of(const SyntheticSet& set) {
  std::map<SetPart, int> out;
  for (const SyntheticCapture& capture : set.captures) out[capture.part]++;
  return out;
}

TEST(SyntheticSet, HasAllItsParts) {
  const SyntheticSet set = plan_set(small_camera(), two_lights());
  const std::map<SetPart, int> counts = counts_of(set);
  EXPECT_EQ(counts.at(SetPart::kCharts), 2);
  EXPECT_EQ(counts.at(SetPart::kFlats), 4);
  EXPECT_EQ(counts.at(SetPart::kDarks), 8);
  EXPECT_EQ(counts.at(SetPart::kRamp), 44);
  EXPECT_EQ(counts.at(SetPart::kFocus), 72);
  EXPECT_EQ(counts.at(SetPart::kEdge), 2);
  EXPECT_EQ(counts.at(SetPart::kDots), 2);
  EXPECT_EQ(counts.at(SetPart::kStep), 42);
  std::set<std::string> names;
  std::set<std::uint64_t> seeds;
  for (const SyntheticCapture& capture : set.captures) {
    names.insert(capture.file);
    seeds.insert(capture.settings.seed);
  }
  EXPECT_EQ(names.size(), set.captures.size());
  EXPECT_EQ(seeds.size(), set.captures.size());
  for (const char* name : {"chart_a_2856k_800l.dng", "chart_d65_6504k_800l.dng", "alsc_6504k_1.dng", "dark_g4_3.dng", "ramp_g1_00.dng",
                           "focus_d250mm_17.dng", "edge_0.dng", "cac_0.dng", "step_41.dng"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(SyntheticSet, PatchesOfAChartAreTheTruthWithinNoise) {
  KnownCamera camera = small_camera({640, 480});
  camera.lens.falloff = 0;
  camera.lens.color = camera.lens.color_slope = {0, 0, 0};
  camera.sensor.green_imbalance = 0;
  camera.sensor.defects.clear();
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kCharts};
  options.tilt = 0;  // so that patches lie evenly between the corners
  const SyntheticSet set = plan_set(camera, options);
  for (const SyntheticCapture& capture : set.captures) {
    const RawFrame frame = frame_of(set, capture);
    const auto corners = chart_corners(capture.charts.front(), camera.sensor.size);
    const double gap = (1 - 2.5 / 2.75) / 2;
    for (std::size_t patch = 0; patch < 24; patch++) {
      const double u = (double(patch % 6) + 0.5 - gap) / (6 - 2 * gap), v = (double(patch / 6) + 0.5 - gap) / (4 - 2 * gap);
      const auto at = [&](std::size_t i) {
        return std::lerp(std::lerp(corners[0][i], corners[1][i], u), std::lerp(corners[3][i], corners[2][i], u), v);
      };
      const Rect part{static_cast<int>(at(0) * 640) - 12, static_cast<int>(at(1) * 480) - 12, 24, 24};
      const auto level = level_of(camera, checker_reflectances()[patch], set.options.lights[capture.light], capture.settings);
      for (const std::size_t site : {0U, 1U, 2U, 3U}) {
        const Moments seen = moments_of(frame, site, part);
        const double mean = (seen.mean - double(camera.sensor.black[site])) / range_of(camera), expected = level[site == 0   ? 0
                                                                                                                 : site == 3 ? 2
                                                                                                                             : 1];
        const NoiseModel noise = noise_of(camera.sensor, 1);
        const double error = std::sqrt((double(noise.shot) * expected + double(noise.read)) / seen.count);
        EXPECT_NEAR(mean, expected, 5 * error) << capture.file << " " << patch << " " << site;
      }
    }
  }
}

TEST(SyntheticSet, WhiteOfAChartIsWellExposedAndNothingClips) {
  const SyntheticSet set = plan_set(small_camera(), two_lights());
  for (const SyntheticCapture& capture : set.captures) {
    if (capture.part != SetPart::kCharts) continue;
    const auto white = level_of(set.camera, white_surface(), set.options.lights[capture.light], capture.settings);
    EXPECT_NEAR(*std::max_element(white.begin(), white.end()), 0.8, 0.01);
  }
}

TEST(SyntheticSet, FilesGiveBackTheSameCodesAndSettings) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    KnownCamera camera = small_camera();
    camera.sensor.cfa = cfa;
    SyntheticSetOptions options = two_lights();
    options.parts = {SetPart::kCharts, SetPart::kDarks, SetPart::kRamp};
    options.gains = {4};
    const SyntheticSet set = plan_set(camera, options);
    const Folder folder;
    write_set(set, folder.path(), {.threads = 2, .overwrite = Overwrite::kNo, .progress = {}});
    for (const SyntheticCapture& capture : set.captures) {
      const RawFrame made = frame_of(set, capture), read = load_raw(folder.path() / capture.file);
      ASSERT_EQ(read.size(), made.size());
      EXPECT_EQ(codes_of(read), codes_of(made)) << capture.file;
      EXPECT_EQ(read.sensor.cfa, made.sensor.cfa);
      EXPECT_EQ(read.sensor.black, made.sensor.black);
      EXPECT_EQ(read.sensor.white, made.sensor.white);
      EXPECT_EQ(read.sensor.bits, made.sensor.bits);
      EXPECT_EQ(read.sensor.model, "small (synthetic)");
      EXPECT_TRUE(read.sensor.matrices.empty());
      EXPECT_NEAR(read.applied.settings.exposure.count() / made.applied.settings.exposure.count(), 1, 1e-6) << capture.file;
      EXPECT_FLOAT_EQ(read.applied.settings.analogue_gain, made.applied.settings.analogue_gain);
    }
  }
}

TEST(SyntheticSet, TheSameBytesForAnyNumberOfThreads) {
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kCharts, SetPart::kFlats, SetPart::kDots};
  const SyntheticSet set = plan_set(small_camera({64, 48}), options);
  const Folder one, two, other;
  std::size_t calls = 0;
  write_set(set, one.path(),
            {.threads = 1, .overwrite = Overwrite::kNo, .progress = [&](std::size_t finished) { EXPECT_EQ(finished, ++calls); }});
  EXPECT_EQ(calls, set.captures.size());
  write_set(set, two.path(), {.threads = 3, .overwrite = Overwrite::kNo, .progress = {}});
  options.seed = 2;
  write_set(plan_set(small_camera({64, 48}), options), other.path(), {});
  for (const fs::directory_entry& entry : fs::directory_iterator(one.path())) {
    const fs::path name = entry.path().filename();
    EXPECT_EQ(bytes_of(one.path() / name), bytes_of(two.path() / name)) << name;
    if (name.extension() == ".dng") {
      EXPECT_NE(bytes_of(one.path() / name), bytes_of(other.path() / name)) << name;
    }
  }
}

TEST(SyntheticSet, NothingIsOverwritten) {
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kDots};
  const SyntheticSet set = plan_set(small_camera({64, 48}), options);
  const Folder folder;
  fs::create_directory(folder.path());
  std::ofstream(folder.path() / "truth.yaml") << "mine";
  EXPECT_THROW(write_set(set, folder.path(), {}), Error);
  EXPECT_EQ(bytes_of(folder.path() / "truth.yaml"), "mine");
  EXPECT_FALSE(fs::exists(folder.path() / "cac_0.dng"));
  write_set(set, folder.path(), {.threads = 1, .overwrite = Overwrite::kYes, .progress = {}});
  EXPECT_NE(bytes_of(folder.path() / "truth.yaml"), "mine");
  EXPECT_THROW(write_set(set, folder.path() / "no" / "such", {}), Error);
}

TEST(SyntheticSet, StepsShowTheDelayAndFilesWhatWasAsked) {
  KnownCamera camera = small_camera({64, 48});
  camera.sensor.exposure_delay = 3;
  camera.sensor.gain_delay = 1;
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kStep};
  const SyntheticSet set = plan_set(camera, options);
  ASSERT_EQ(set.captures.size(), 42U);
  int first_asked = -1, first_seen = -1, gain_asked = -1, gain_seen = -1;
  const auto mean = [&](int i) { return moments_of(frame_of(set, set.captures[static_cast<std::size_t>(i)]), 1).mean - 256; };
  for (int i = 0; i < 24; i++) {
    const SyntheticCapture& capture = set.captures[static_cast<std::size_t>(i)];
    const RawFrame frame = frame_of(set, capture);
    EXPECT_DOUBLE_EQ(frame.applied.settings.exposure.count(), *capture.asked_exposure_us);
    EXPECT_DOUBLE_EQ(double(frame.applied.settings.analogue_gain), *capture.asked_gain);
    if (first_asked < 0 && *capture.asked_exposure_us > 1.5 * *set.captures[0].asked_exposure_us) first_asked = i;
    if (first_seen < 0 && mean(i) > 1.5 * mean(0)) first_seen = i;
    if (gain_asked < 0 && *capture.asked_gain > 1) gain_asked = i;
    if (gain_seen < 0 && gain_asked >= 0 && capture.settings.gain > 1) gain_seen = i;
  }
  EXPECT_EQ(first_seen - first_asked, 3);
  EXPECT_EQ(gain_seen - gain_asked, 1);
}

TEST(SyntheticSet, FocusIsSharpestWhereTheTruthSays) {
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kFocus};
  const SyntheticSet set = plan_set(small_camera(), options);
  for (const double distance : {0.4, 0.25}) {
    for (const LensWay way : {LensWay::kFromBelow, LensWay::kFromAbove}) {
      double best = 0, code = 0;
      for (const SyntheticCapture& capture : set.captures) {
        if (*capture.distance != distance || capture.lens_way != way) continue;
        const double contrast = moments_of(frame_of(set, capture), 1, {48, 36, 96, 72}).variance;
        if (contrast > best) best = contrast, code = *capture.lens_code;
      }
      EXPECT_NEAR(code, code_of_dioptres(set.camera.lens, 1 / distance, way), 1) << distance;
    }
  }
}

TEST(SyntheticSet, LabelsReadAsTheSchemaHasThem) {
  const SyntheticSet set = plan_set(small_camera(), two_lights());
  const YamlNode root = parse_yaml(label_text(set), "set.yaml");
  EXPECT_EQ(root.find("argent_calibration_set")->scalar, "1");
  EXPECT_EQ(root.find("camera")->scalar, "small (synthetic)");
  const YamlNode& captures = *root.find("captures");
  ASSERT_EQ(captures.items.size(), set.captures.size());
  const std::set<std::string> known{"file",     "kind",          "illuminant",        "cct",       "lux",
                                    "distance", "lens_position", "asked_exposure_us", "asked_gain"};
  for (std::size_t i = 0; i < captures.items.size(); i++) {
    EXPECT_EQ(captures.items[i].find("file")->scalar, set.captures[i].file);
    for (const std::string& key : captures.items[i].keys) EXPECT_TRUE(known.contains(key)) << key;
  }
  EXPECT_EQ(captures.items[0].find("kind")->scalar, "chart");
  EXPECT_EQ(captures.items[0].find("illuminant")->scalar, "A");
  EXPECT_EQ(captures.items[0].find("cct")->scalar, "2856");
  EXPECT_EQ(captures.items[0].find("lux")->scalar, "800");
}

TEST(SyntheticSet, TruthReadsAndIsTheCameras) {
  const SyntheticSet set = plan_set(small_camera(), two_lights());
  const YamlNode root = parse_yaml(truth_text(set), "truth.yaml");
  EXPECT_EQ(root.find("argent_calibration_truth")->scalar, "1");
  const YamlNode& sensor = *root.find("sensor");
  EXPECT_EQ(sensor.find("defects")->items.size(), 20U);
  EXPECT_EQ(sensor.find("black")->items[0].scalar, "256.4");
  EXPECT_FLOAT_EQ(std::stof(sensor.find("noise")->items[1].find("shot")->scalar), noise_of(set.camera.sensor, 4).shot);
  EXPECT_FLOAT_EQ(std::stof(sensor.find("noise")->items[1].find("read")->scalar), noise_of(set.camera.sensor, 4).read);
  const YamlNode& lights = *root.find("illuminants");
  ASSERT_EQ(lights.items.size(), 2U);
  EXPECT_EQ(lights.items[0].find("patches")->items.size(), 24U);
  EXPECT_EQ(lights.items[1].find("shading")->find("red")->items.size(), 33U * 25U);
  const Vec3 white = response(set.camera.sensitivities, set.options.lights[1].spectrum, white_surface());
  EXPECT_FLOAT_EQ(std::stof(lights.items[1].find("white")->items[0].scalar), white[0]);
  EXPECT_FLOAT_EQ(std::stof(lights.items[1].find("white")->items[1].scalar), white[2]);
  const YamlNode& chart = root.find("captures")->items[0];
  const auto corners = chart_corners(set.captures[0].charts.front(), set.camera.sensor.size);
  EXPECT_NEAR(std::stod(chart.find("charts")->items[0].items[4].scalar), corners[2][0], 1e-6);
  EXPECT_EQ(root.find("captures")->items.size(), set.captures.size());
}

TEST(SyntheticSet, FaultsAreWhatTheySay) {
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kCharts};
  const SyntheticSet good = plan_set(small_camera(), options);
  const auto broken = [&](SetFault fault) {
    options.fault = fault;
    return plan_set(small_camera(), options);
  };
  const auto mean = [](const SyntheticSet& set) { return moments_of(frame_of(set, set.captures[0]), 1).mean - 256; };
  const auto clipped = [](const SyntheticSet& set) {
    const auto codes = codes_of(frame_of(set, set.captures[0]));
    return double(std::count(codes.begin(), codes.end(), 4095)) / double(codes.size());
  };
  const auto edges = [](const SyntheticSet& set) {  // steps from pixel to pixel of the same color, clear of noise
    const RawFrame frame = frame_of(set, set.captures[0]);
    int count = 0;
    for (int y = 0; y < 144; y += 2) {
      for (int x = 2; x < 192; x += 2) count += std::abs(frame.data[y * frame.stride + x] - frame.data[y * frame.stride + x - 2]) > 300;
    }
    return count;
  };
  EXPECT_TRUE(broken(SetFault::kMissing).captures[0].charts.empty());
  EXPECT_LT(edges(broken(SetFault::kMissing)), 40);  // defects
  EXPECT_GT(edges(good), 200);
  EXPECT_LT(edges(broken(SetFault::kBlurred)), 40);
  EXPECT_GT(clipped(broken(SetFault::kClipped)), 0.3);
  EXPECT_LT(clipped(good), 0.01);
  EXPECT_LT(mean(broken(SetFault::kDark)), mean(good) / 40);
  EXPECT_EQ(broken(SetFault::kTwoCharts).captures[0].charts.size(), 2U);
  const auto upper = [](const SyntheticSet& set) {
    const auto corners = chart_corners(set.captures[0].charts.front(), set.camera.sensor.size);
    return std::array{corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]};
  };
  EXPECT_GT(upper(good)[0], 0.3);
  EXPECT_LT(upper(broken(SetFault::kRotated180))[0], -0.3);
  EXPECT_GT(upper(broken(SetFault::kRotated90))[1], 0.3);
  for (const SetFault fault : {SetFault::kRotated90, SetFault::kRotated180, SetFault::kTwoCharts}) {
    const SyntheticSet set = broken(fault);
    for (const ChartPlace& place : set.captures[0].charts) {
      for (const auto& [x, y] : chart_corners(place, {192, 144}))
        EXPECT_TRUE(x > 0.02 && x < 0.98 && y > 0.02 && y < 0.98) << name_of(fault) << " " << x << " " << y;
    }
  }
  const SyntheticSet wrong = broken(SetFault::kWrongChart);
  EXPECT_NE(codes_of(frame_of(wrong, wrong.captures[0])), codes_of(frame_of(good, good.captures[0])));
  EXPECT_EQ(codes_of(frame_of(wrong, wrong.captures[1])), codes_of(frame_of(good, good.captures[1])));
  const SyntheticSet twice = broken(SetFault::kDuplicate);
  ASSERT_EQ(twice.captures.size(), 3U);
  EXPECT_EQ(codes_of(frame_of(twice, twice.captures[0])), codes_of(frame_of(twice, twice.captures[1])));
  EXPECT_EQ(twice.captures[1].file, "chart_a_2856k_800l_1.dng");
  const SyntheticSet lying = broken(SetFault::kContradictory);
  EXPECT_EQ(lying.captures[0].file, "chart_d65_6504k_800l_1.dng");
  EXPECT_NE(label_text(lying).find("{file: \"chart_d65_6504k_800l_1.dng\", kind: chart, illuminant: \"D65\""), std::string::npos);
  EXPECT_EQ(broken(SetFault::kSingle).captures.size(), 1U);
}

TEST(SyntheticSet, ANoiseProfileThatIsNoNumberIsWritten) {
  SyntheticSetOptions options = two_lights();
  options.parts = {SetPart::kCharts};
  options.fault = SetFault::kNanTag;
  const SyntheticSet set = plan_set(small_camera(), options);
  const Folder folder;
  write_set(set, folder.path(), {});
  const std::string bytes = bytes_of(folder.path() / set.captures[0].file), fine = bytes_of(folder.path() / set.captures[1].file);
  const std::string nan("\0\0\0\0\0\0\xf8\x7f", 8);
  EXPECT_NE(bytes.find(nan), std::string::npos);
  EXPECT_EQ(fine.find(nan), std::string::npos);
}

TEST(SyntheticSet, NonsenseIsRefused) {
  const auto refused = [](auto change) {
    SyntheticSetOptions options = two_lights();
    change(options);
    EXPECT_THROW(plan_set(small_camera(), options), Error);
  };
  refused([](SyntheticSetOptions& o) { o.lights.clear(); });
  refused([](SyntheticSetOptions& o) { o.lights.resize(65, o.lights[0]); });
  refused([](SyntheticSetOptions& o) { o.lights.push_back(o.lights[0]); });
  refused([](SyntheticSetOptions& o) { o.gains.clear(); });
  refused([](SyntheticSetOptions& o) { o.gains = {1, 1}; });
  refused([](SyntheticSetOptions& o) { o.gains = {std::numeric_limits<float>::quiet_NaN()}; });
  refused([](SyntheticSetOptions& o) { o.parts.clear(); });
  refused([](SyntheticSetOptions& o) { o.lux = std::numeric_limits<double>::quiet_NaN(); });
  refused([](SyntheticSetOptions& o) { o.tilt = 80; });
  refused([](SyntheticSetOptions& o) { o.glare = -1; });
  refused([](SyntheticSetOptions& o) { o.parts = {SetPart::kDarks}, o.fault = SetFault::kMissing; });
  refused([](SyntheticSetOptions& o) { o.lights.resize(1), o.fault = SetFault::kContradictory; });
  EXPECT_THROW(set_part("chart"), Error);
  EXPECT_THROW(set_fault("broken"), Error);
  for (const char* name : {"charts", "flats", "darks", "ramp", "focus", "edge", "dots", "step"}) EXPECT_EQ(name_of(set_part(name)), name);
  for (const char* name : {"missing", "clipped", "blurred", "two-charts", "dark", "rotated-90", "rotated-180", "wrong-chart", "nan-tag",
                           "duplicate", "contradictory", "single"}) {
    EXPECT_EQ(name_of(set_fault(name)), name);
  }
}

}  // namespace
}  // namespace argent
