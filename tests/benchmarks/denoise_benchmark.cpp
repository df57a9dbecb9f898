// denoise_benchmark KODAK-DIR [EVERY]: noisy mosaics of known pictures: CPSNR of demosaic and noise reduction beside OpenCV's
// fastNlMeansDenoisingColored at its best strength.
//
// Model: variance = shot light + read on the RAW light of sRGB pictures, linearised and divided by gains 2, 1, 1.6 (RGGB, 16 bits with
// room below black). Scored after sRGB encoding in 8-bit codes, 10 px border left out. The peer gets the picture of the best demosaic
// without noise reduction, and the better of eight strengths a level; ours gets the model. Prints one table; decides nothing.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <opencv2/photo.hpp>
#include <random>
#include <string>
#include <vector>

#include "isp/io/picture_file.h"
#include "isp/pipeline.h"
#include "samples/machine_probe.h"

namespace {

using namespace argent;

constexpr Vec3 kGains{2, 1, 1.6f};
constexpr float kBlack = 8192, kWhite = 65535;

struct Level {
  const char* name;
  NoiseModel noise;
};
constexpr std::array<Level, 3> kLevels{{{"low", {4e-4f, 2e-6f}}, {"middle", {1.6e-3f, 1.2e-5f}}, {"high", {6.4e-3f, 1.2e-4f}}}};

RawFrame noisy_mosaic(const Image& truth, const NoiseModel& noise, unsigned seed) {
  RawFrame frame;
  frame.sensor.active = truth.size();
  frame.sensor.noise = noise;
  frame.sensor.black.fill(kBlack);
  frame.sensor.white.fill(kWhite);
  frame.stride = truth.width();
  const auto codes = std::make_shared<std::vector<std::uint16_t>>();
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (int y = 0; y < truth.height(); y++) {
    for (int x = 0; x < truth.width(); x++) {
      const int c = x % 2 + y % 2;
      const float light =
          srgb_decode(static_cast<float>(truth.row<std::uint8_t>(y)[3 * x + c]) / 255) / kGains[static_cast<std::size_t>(c)];
      const float noisy = light + normal(random) * std::sqrt(noise.shot * light + noise.read);
      codes->push_back(static_cast<std::uint16_t>(std::clamp(kBlack + noisy * (kWhite - kBlack) + 0.5f, 0.0f, kWhite)));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

/// Linear light of 16 bits, encoded, as 8-bit codes.
cv::Mat encoded(const Image& image) {
  cv::Mat out(image.height(), image.width(), CV_8UC3);
  for (int y = 0; y < image.height(); y++) {
    for (int i = 0; i < 3 * image.width(); i++)
      out.ptr(y)[i] = static_cast<std::uint8_t>(std::lround(255 * srgb_encode(static_cast<float>(image.row<std::uint16_t>(y)[i]) / 65535)));
  }
  return out;
}

double cpsnr(const cv::Mat& got, const Image& truth) {
  constexpr int kBorder = 10;
  double sum = 0;
  for (int y = kBorder; y < truth.height() - kBorder; y++) {
    for (int i = 3 * kBorder; i < 3 * (truth.width() - kBorder); i++) {
      const double d = double(got.ptr(y)[i]) - truth.row<std::uint8_t>(y)[i];
      sum += d * d;
    }
  }
  return 10 * std::log10(255.0 * 255 * 3 * (truth.width() - 2 * kBorder) * (truth.height() - 2 * kBorder) / sum);
}

PipelineParams params_of(const char* demosaic, float strength, int step) {
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.demosaic.method = demosaic;
  params.denoise = {strength, strength, step};
  params.threads = 2;
  return params;
}

struct Row {
  const char* name;
  Pipeline pipeline;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) throw std::runtime_error("usage: denoise_benchmark KODAK-DIR [EVERY]");
  const int every = argc > 2 ? std::max(1, std::atoi(argv[2])) : 1;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.path().extension() == ".png") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Row> rows;
  rows.push_back({"fast", Pipeline(params_of("fast", 0, 4))});
  rows.push_back({"best", Pipeline(params_of("best", 0, 4))});
  rows.push_back({"fast, denoise 1, step 4", Pipeline(params_of("fast", 1, 4))});
  rows.push_back({"best, denoise 1, step 4", Pipeline(params_of("best", 1, 4))});
  rows.push_back({"best, denoise 1, step 2", Pipeline(params_of("best", 1, 2))});
  Controls controls;
  controls.colour_gains = kGains;
  cv::setNumThreads(2);
  std::printf("%s\n%-28s", cpu_description().c_str(), "CPSNR, dB");
  for (const Level& level : kLevels) std::printf("  %s (%g, %g)", level.name, double(level.noise.shot), double(level.noise.read));
  std::printf("\n");

  constexpr std::array<float, 8> kStrengths{1.5f, 2, 3, 4, 6, 8, 11, 15};
  std::vector<std::array<double, 3>> scores(rows.size());
  std::array<std::array<double, 3>, kStrengths.size()> peer{};
  int count = 0;
  for (std::size_t i = 0; i < files.size(); i += static_cast<std::size_t>(every), count++) {
    const Image truth = load_picture(files[i]).image;
    for (std::size_t l = 0; l < kLevels.size(); l++) {
      const RawFrame frame = noisy_mosaic(truth, kLevels[l].noise, static_cast<unsigned>(i));
      for (std::size_t r = 0; r < rows.size(); r++) scores[r][l] += cpsnr(encoded(rows[r].pipeline.render(frame, controls)), truth);
      const cv::Mat noisy = encoded(rows[1].pipeline.render(frame, controls));
      for (std::size_t s = 0; s < kStrengths.size(); s++) {
        cv::Mat out;
        cv::fastNlMeansDenoisingColored(noisy, out, kStrengths[s], kStrengths[s]);
        peer[s][l] += cpsnr(out, truth);
      }
    }
  }
  for (std::size_t r = 0; r < rows.size(); r++)
    std::printf("%-28s  %20.2f %20.2f %20.2f\n", rows[r].name, scores[r][0] / count, scores[r][1] / count, scores[r][2] / count);
  std::printf("%-28s", "best, fastNlMeans, its best");
  for (std::size_t l = 0; l < kLevels.size(); l++) {
    double most = 0;
    for (const auto& strength : peer) most = std::max(most, strength[l] / count);
    std::printf("  %20.2f", most);
  }
  std::printf("\n");

  // Speed: the whole render with noise reduction less the one without, against the peer on the same picture.
  const Image truth = load_picture(files.front()).image;
  const RawFrame frame = noisy_mosaic(truth, kLevels[1].noise, 1);
  const cv::Mat noisy = encoded(rows[1].pipeline.render(frame, controls));
  cv::Mat out;
  Image kept;
  std::vector<Contender> contenders;
  for (const std::size_t r : {std::size_t{1}, std::size_t{3}, std::size_t{4}})
    contenders.push_back({rows[r].name, [&, r] { kept = rows[r].pipeline.render(frame, controls); }, {}});
  contenders.push_back({"fastNlMeansDenoisingColored", [&] { cv::fastNlMeansDenoisingColored(noisy, out, 4, 4); }, {}});
  interleave_with_pauses(contenders, 1, 11);
  const double without = contenders[0].median(), peer_time = contenders[3].median();
  std::printf("%dx%d, 2 threads, medians of 11 interleaved rounds\n", truth.width(), truth.height());
  for (const Contender& c : contenders) std::printf("%-28s %9.2f ms\n", c.name.c_str(), c.median());
  std::printf("noise reduction alone: step 4 1/%.0f, step 2 1/%.0f of the peer's time; peak memory of all %.0f MiB\n",
              peer_time / (contenders[1].median() - without), peer_time / (contenders[2].median() - without), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "denoise_benchmark: %s\n", error.what());
  return 1;
}
