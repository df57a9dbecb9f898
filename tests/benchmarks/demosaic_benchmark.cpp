// demosaic_benchmark FOLDER: how close each demosaic comes to the PNG pictures of a folder, without noise and with three levels of it.
//
// CPSNR as tests/reference/quality.h says, means over the pictures. Prints one table; decides nothing.
#include <png.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "isp/pipeline.h"
#include "tests/reference/quality.h"

namespace {

using namespace argent;

constexpr Vec3 kGains{2, 1, 1.6f};

/// Linear light.
Image load_picture(BufferPool& pool, const std::filesystem::path& path) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&header, path.c_str()) == 0) throw std::runtime_error(path.string() + ": " + header.message);
  header.format = PNG_FORMAT_RGB;
  std::vector<png_byte> codes(PNG_IMAGE_SIZE(header));
  if (png_image_finish_read(&header, nullptr, codes.data(), 0, nullptr) == 0)
    throw std::runtime_error(path.string() + ": " + header.message);
  const Size size{static_cast<int>(header.width), static_cast<int>(header.height)};
  Image image(pool, size, PixelType::kF32, Encoding::kLinear, ColorSpace::kSrgb);
  const auto decode = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < 3 * size.width; i++) {
      image.row<float>(y)[i] =
          static_cast<float>(decode(codes[static_cast<std::size_t>(y) * 3 * header.width + static_cast<std::size_t>(i)] / 255.0));
    }
  }
  return image;
}

double cpsnr_of(const Image& truth, const RawFrame& frame, const char* method) {
  PipelineParams params;
  params.demosaic.method = method;
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  Controls controls;
  controls.colour_gains = kGains;
  return reference::cpsnr(truth, Pipeline(params).render(frame, controls));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("expected a folder of PNG pictures");
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.path().extension() == ".png") paths.push_back(entry.path());
  }
  if (paths.empty()) throw std::runtime_error(std::string(argv[1]) + ": no PNG pictures");
  std::sort(paths.begin(), paths.end());

  constexpr std::array<NoiseModel, 4> kNoise{{{0, 0}, {1e-4f, 1e-6f}, {5e-4f, 5e-6f}, {2e-3f, 2e-5f}}};
  std::printf("CPSNR in dB, means of %zu pictures; noise: variance shot * level + read\n", paths.size());
  std::printf("%-20s %14s %10s %10s %14s %10s\n", "shot, read", "Bayer bilinear", "fast", "best", "X-Trans plain", "argent");
  for (const NoiseModel& noise : kNoise) {
    std::array<double, 5> sum{};
    for (const auto& path : paths) {
      BufferPool pool;
      const Image truth = load_picture(pool, path);
      const RawFrame bayer = reference::mosaic_of(truth, CfaPattern::kRggb, kGains, noise);
      const RawFrame xtrans = reference::mosaic_of(truth, CfaPattern::kXTrans, kGains, noise);
      sum[0] += reference::bilinear_cpsnr(truth, bayer, kGains);
      sum[1] += cpsnr_of(truth, bayer, "fast");
      sum[2] += cpsnr_of(truth, bayer, "best");
      sum[3] += reference::bilinear_cpsnr(truth, xtrans, kGains);
      sum[4] += cpsnr_of(truth, xtrans, "fast");
    }
    const auto n = static_cast<double>(paths.size());
    std::printf("%8g, %-10g %14.2f %10.2f %10.2f %14.2f %10.2f\n", double(noise.shot), double(noise.read), sum[0] / n, sum[1] / n,
                sum[2] / n, sum[3] / n, sum[4] / n);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "demosaic_benchmark: %s\n", error.what());
  return 1;
}
