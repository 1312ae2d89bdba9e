// C++: virtual calls, templates and small objects, without the C++ library.
#include "bench.h"

#include <math.h>

namespace {

template <typename T>
class List {
  public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { free(items_); }

    void push(const T& item) {
        if (size_ == capacity_) {
            capacity_ = capacity_ ? capacity_ * 2 : 8;
            items_ = static_cast<T*>(realloc(items_, capacity_ * sizeof(T)));
            if (!items_) abort();
        }
        items_[size_++] = item;
    }
    T& operator[](size_t i) { return items_[i]; }
    size_t size() const { return size_; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }

    template <typename Less>
    void sort(Less less) {
        // Shell sort: short, and hard on neither memory nor stack.
        size_t gap = 1;
        while (gap < size_ / 3) gap = gap * 3 + 1;
        for (; gap > 0; gap /= 3) {
            for (size_t i = gap; i < size_; i++) {
                T item = items_[i];
                size_t j = i;
                for (; j >= gap && less(item, items_[j - gap]); j -= gap)
                    items_[j] = items_[j - gap];
                items_[j] = item;
            }
        }
    }

  private:
    T* items_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

struct Point {
    double x, y;
};

class Shape {
  public:
    explicit Shape(Point at) : at_(at) {}
    virtual double area() const = 0;
    virtual bool contains(Point p) const = 0;
    virtual void move(double dx, double dy) {
        at_.x += dx;
        at_.y += dy;
    }

  protected:
    ~Shape() = default;
    Point at_;
};

class Circle : public Shape {
  public:
    Circle(Point at, double r) : Shape(at), r_(r) {}
    double area() const override { return 3.141592653589793 * r_ * r_; }
    bool contains(Point p) const override {
        double dx = p.x - at_.x, dy = p.y - at_.y;
        return dx * dx + dy * dy <= r_ * r_;
    }

  private:
    double r_;
};

class Box : public Shape {
  public:
    Box(Point at, double w, double h) : Shape(at), w_(w), h_(h) {}
    double area() const override { return w_ * h_; }
    bool contains(Point p) const override {
        return p.x >= at_.x && p.x < at_.x + w_ && p.y >= at_.y && p.y < at_.y + h_;
    }

  private:
    double w_, h_;
};

class Ring final : public Shape {
  public:
    Ring(Point at, double inner, double outer) : Shape(at), inner_(inner), outer_(outer) {}
    double area() const override { return 3.141592653589793 * (outer_ * outer_ - inner_ * inner_); }
    bool contains(Point p) const override {
        double d = sqrt((p.x - at_.x) * (p.x - at_.x) + (p.y - at_.y) * (p.y - at_.y));
        return d >= inner_ && d <= outer_;
    }
    void move(double dx, double dy) override { Shape::move(dx * 0.5, dy * 0.5); }

  private:
    double inner_, outer_;
};

template <typename T, typename... Args>
T* make(Args... args) {
    void* p = malloc(sizeof(T));
    if (!p) abort();
    // Placement new needs a header of the C++ library; a copy does not.
    T made(args...);
    memcpy(p, static_cast<const void*>(&made), sizeof(T));
    return static_cast<T*>(p);
}

double random_real(double limit) { return limit * random_below(1 << 20) / (1 << 20); }

}  // namespace

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 80);
    List<Shape*> shapes;
    for (int i = 0; i < 600; i++) {
        Point at{random_real(100), random_real(100)};
        switch (random_below(3)) {
            case 0:
                shapes.push(make<Circle>(at, random_real(9)));
                break;
            case 1:
                shapes.push(make<Box>(at, random_real(9), random_real(9)));
                break;
            default:
                shapes.push(make<Ring>(at, random_real(4), 4 + random_real(4)));
        }
    }
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        shapes.sort([](const Shape* a, const Shape* b) { return a->area() < b->area(); });
        int inside = 0;
        for (int i = 0; i < 150; i++) {
            Point p{random_real(100), random_real(100)};
            for (const Shape* s : shapes) inside += s->contains(p);
        }
        for (size_t i = 0; i < shapes.size(); i++)
            shapes[i]->move(random_real(2) - 1, random_real(2) - 1);
        sum = checksum_add(sum, static_cast<uint64_t>(inside));
        Shape* first = shapes[0];
        shapes[0] = shapes[static_cast<size_t>(r) % shapes.size()];
        shapes[static_cast<size_t>(r) % shapes.size()] = first;
    }
    double area = 0;
    for (const Shape* s : shapes) area += s->area();
    print_checksum("shapes", checksum_add(sum, bits_of(area)));
    return 0;
}
