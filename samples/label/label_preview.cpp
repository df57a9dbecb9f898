#include "label_preview.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "calibration/opencv_mat.h"

namespace argent {
namespace {

constexpr double kBrightest = 0.98;  // share of the pixels below white

Vec3 balance_of(const SensorPicture& picture, const MeasuredLight* light) {
  if (light != nullptr) return {std::exp(-light->light[0]), 1, std::exp(-light->light[1])};
  const cv::Scalar mean = cv::mean(as_mat(picture.linear));
  const auto gain = [&](int c) { return static_cast<float>(mean[1] / std::max(mean[c], 1e-6)); };
  return {gain(0), 1, gain(2)};
}

cv::Point pixel_at(const SensorPicture& picture, PlaneFraction place) {
  const auto [x, y] = picture.pixel_of(place);
  return {static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))};
}

/// Light on dark, so that it shows on every ground; small ones without the dark, which would cover them.
void draw_outline(cv::Mat& shown, const std::vector<cv::Point>& corners, int thickness) {
  constexpr double kSmall = 24;  // pixels
  if (cv::norm(corners[1] - corners[0]) > kSmall) cv::polylines(shown, corners, true, cv::Scalar(0, 0, 0), thickness + 2, cv::LINE_AA);
  cv::polylines(shown, corners, true, cv::Scalar(80, 255, 80), thickness, cv::LINE_AA);
}

void draw_text(cv::Mat& shown, const std::string& text, cv::Point at, double size) {
  const int thickness = std::max(1, static_cast<int>(std::lround(1.5 * size)));
  cv::putText(shown, text, at, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(0, 0, 0), thickness + 2, cv::LINE_AA);
  cv::putText(shown, text, at, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(255, 255, 255), thickness, cv::LINE_AA);
}

/// Broken at spaces, at most `length` characters a line where words allow it.
std::vector<std::string> lines_of(const std::string& text, std::size_t length) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > length) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

}  // namespace

Image label_preview(const SensorPicture& picture, const MeasuredLight* light, const std::string& caption, BufferPool& pool) {
  const Size size = picture.linear.size();
  const Vec3 gains = balance_of(picture, light);
  std::vector<float> greens;
  for (int y = 0; y < size.height; y += 4) {
    for (int x = 0; x < size.width; x += 4) greens.push_back(picture.linear.row<float>(y)[3 * x + 1]);
  }
  const auto at = greens.begin() + static_cast<std::ptrdiff_t>(kBrightest * static_cast<double>(greens.size() - 1));
  std::nth_element(greens.begin(), at, greens.end());
  const float white = std::max(*at, 1e-4f);
  Image out(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    const float* from = picture.linear.row<float>(y);
    auto* to = out.row<std::uint8_t>(y);
    for (int x = 0; x < size.width; x++) {
      for (int c = 0; c < 3; c++) {
        // A clipped channel is white at most as bright as the others: else skies turn pink.
        const float level = std::min(from[3 * x + c], 1.0f) * (picture.is_clipped(x, y) ? 1 : gains[static_cast<std::size_t>(c)]) / white;
        to[3 * x + c] = static_cast<std::uint8_t>(std::lround(255 * srgb_encode(std::clamp(level, 0.0f, 1.0f))));
      }
    }
  }

  cv::Mat shown = as_mat(out);
  const int thickness = std::max(1, size.width / 1200);
  if (light != nullptr && light->checker) {
    for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
      std::vector<cv::Point> corners;
      for (const PlaneFraction corner : light->checker->patches[i].corners) corners.push_back(pixel_at(picture, corner));
      draw_outline(shown, corners, thickness);
      const double side = cv::norm(corners[1] - corners[0]);
      if (side > 24)
        draw_text(shown, std::to_string(i + 1),
                  (corners[0] + corners[2]) / 2 - cv::Point(static_cast<int>(side / 4), -static_cast<int>(side / 8)), side / 80);
    }
  }
  if (light != nullptr && light->grey) {
    const PlaneRect& g = *light->grey;
    draw_outline(shown,
                 {pixel_at(picture, {g.x, g.y}), pixel_at(picture, {g.x + g.width, g.y}),
                  pixel_at(picture, {g.x + g.width, g.y + g.height}), pixel_at(picture, {g.x, g.y + g.height})},
                 thickness);
  }
  const double text = std::max(0.4, size.width / 1600.0);
  const auto line_length = static_cast<std::size_t>(std::max(20.0, size.width / (18 * text)));
  int line = 0;
  for (const std::string& part : lines_of(caption, line_length)) {
    draw_text(shown, part, {static_cast<int>(12 * text), static_cast<int>(32 * text * ++line)}, text);
  }
  return out;
}

}  // namespace argent
