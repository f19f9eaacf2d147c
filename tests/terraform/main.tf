# A load balancer with a canary, as a user of Terraform writes it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
  endpoints {
    acm   = var.elbow
    elbv2 = var.elbow
    ec2   = var.elbow
    sts   = var.elbow
  }
}
variable "elbow" {
  description = "URL of the API"
}
variable "port" {
  description = "of the listener"
}
variable "secure_port" {
  description = "of the HTTPS listener"
}
variable "targets" {
  description = "port of the target of each version"
  type        = map(number)
}
variable "trust_bucket" {
  description = "with the bundle ca.pem and the revocations crl.pem"
}
variable "idle_timeout" {
  default = 30
}
variable "client_mode" {
  description = "what the HTTPS listener does about clients' certificates"
  default     = "verify"
}
variable "grpc_check" {
  description = "the code of a healthy target of gRPC"
  default     = "12"
}
variable "canary_weight" {
  default = 10
}

data "aws_caller_identity" "me" {}
data "aws_vpc" "default" { default = true }
data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
data "aws_availability_zones" "zones" { state = "available" }

resource "aws_lb" "shop" {
  name                       = "shop"
  load_balancer_type         = "application"
  subnets                    = data.aws_subnets.all.ids
  idle_timeout               = var.idle_timeout
  drop_invalid_header_fields = true
  tags                       = { team = "shop", a = "b" }
}
resource "aws_lb_target_group" "g" {
  for_each                      = toset(["stable", "canary"])
  name                          = each.key
  port                          = 80
  protocol                      = "HTTP"
  target_type                   = "ip"
  vpc_id                        = data.aws_vpc.default.id
  deregistration_delay          = 5
  load_balancing_algorithm_type = "least_outstanding_requests"
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 7200
  }
  health_check {
    path     = "/"
    interval = 5
    timeout  = 2
    matcher  = "200-299"
  }
}
resource "aws_lb_target_group" "app" {
  name        = "app"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = data.aws_vpc.default.id
  slow_start  = 30
  stickiness {
    type        = "app_cookie"
    cookie_name = "cart"
  }
  target_group_health {
    dns_failover { minimum_healthy_targets_count = "1" }
    unhealthy_state_routing { minimum_healthy_targets_count = "1" }
  }
}
resource "aws_lb_target_group" "calls" {
  for_each         = { GRPC = "/AWS.ALB/healthcheck", HTTP2 = "/" }
  name             = lower(each.key)
  port             = 50051
  protocol         = "HTTP"
  protocol_version = each.key
  target_type      = "ip"
  vpc_id           = data.aws_vpc.default.id
  health_check {
    path    = each.value
    matcher = each.key == "GRPC" ? var.grpc_check : "200"
  }
}
resource "aws_lb_target_group_attachment" "t" {
  for_each         = aws_lb_target_group.g
  target_group_arn = each.value.arn
  target_id        = "127.0.0.1"
  port             = var.targets[each.key]
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.shop.arn
  port              = var.port
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "no such shop"
      status_code  = "404"
    }
  }
}
resource "aws_acm_certificate" "c" {
  for_each          = toset(["shop.example.com", "carts.example.com"])
  domain_name       = each.key
  validation_method = "DNS"
}
resource "aws_lb_trust_store" "staff" {
  name                             = "staff"
  ca_certificates_bundle_s3_bucket = var.trust_bucket
  ca_certificates_bundle_s3_key    = "ca.pem"
}
resource "aws_lb_trust_store_revocation" "staff" {
  trust_store_arn       = aws_lb_trust_store.staff.arn
  revocations_s3_bucket = var.trust_bucket
  revocations_s3_key    = "crl.pem"
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.shop.arn
  port              = var.secure_port
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.c["shop.example.com"].arn
  mutual_authentication {
    mode                             = var.client_mode
    trust_store_arn                  = var.client_mode == "verify" ? aws_lb_trust_store.staff.arn : null
    ignore_client_certificate_expiry = var.client_mode == "verify" ? false : null
  }
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g["stable"].arn
  }
}
resource "aws_lb_listener_certificate" "carts" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.c["carts.example.com"].arn
}
resource "aws_lb_listener_rule" "calls" {
  for_each     = { GRPC = 1, HTTP2 = 2 }
  listener_arn = aws_lb_listener.https.arn
  priority     = each.value
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.calls[each.key].arn
  }
  condition {
    path_pattern { values = ["/${lower(each.key)}/*"] }
  }
}
resource "aws_lb_listener_rule" "canary" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 10
  action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = { stable = 100 - var.canary_weight, canary = var.canary_weight }
        content {
          arn    = aws_lb_target_group.g[target_group.key].arn
          weight = target_group.value
        }
      }
      stickiness {
        enabled  = true
        duration = 600
      }
    }
  }
  condition {
    path_pattern { values = ["/carts/*"] }
  }
  tags = { version = "1" }
}
resource "aws_lb_listener_rule" "old" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 20
  action {
    type = "redirect"
    redirect {
      path        = "/new/#{path}"
      status_code = "HTTP_301"
      port        = "443"
      protocol    = "HTTPS"
    }
  }
  condition {
    query_string {
      key   = "old"
      value = "1"
    }
  }
  condition {
    source_ip { values = ["127.0.0.0/8"] }
  }
  condition {
    http_request_method { values = ["GET", "HEAD"] }
  }
}
output "dns" { value = aws_lb.shop.dns_name }
output "account" { value = data.aws_caller_identity.me.account_id }
