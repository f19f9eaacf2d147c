# A Classic Load Balancer with sticky sessions, as a user of Terraform writes it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
  endpoints {
    acm = var.elbow
    elb = var.elbow
    ec2 = var.elbow
    sts = var.elbow
  }
}
variable "elbow" {
  description = "URL of the API"
}
variable "port" {
  description = "of the listener"
  type        = number
}
variable "secure_port" {
  description = "of the HTTPS listener"
  type        = number
}
variable "instances" {
  description = "ids, as the instance directory has them"
  type        = list(string)
}
variable "instance_port" {
  type = number
}
variable "period" {
  description = "of the stickiness cookie, in seconds"
  default     = 600
}
variable "zones" {
  type    = list(string)
  default = ["us-east-1a"]
}

resource "aws_acm_certificate" "shop" {
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}

resource "aws_elb" "shop" {
  name                        = "shop"
  availability_zones          = var.zones
  instances                   = var.instances
  cross_zone_load_balancing   = true
  idle_timeout                = 30
  connection_draining         = true
  connection_draining_timeout = 20
  desync_mitigation_mode      = "strictest"
  listener {
    lb_port           = var.port
    lb_protocol       = "http"
    instance_port     = var.instance_port
    instance_protocol = "http"
  }
  listener {
    lb_port            = var.secure_port
    lb_protocol        = "https"
    instance_port      = var.instance_port
    instance_protocol  = "http"
    ssl_certificate_id = aws_acm_certificate.shop.arn
  }
  health_check {
    target              = "TCP:${var.instance_port}"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
  tags = { team = "carts" }
}

resource "aws_lb_cookie_stickiness_policy" "by_duration" {
  name                     = "by-duration"
  load_balancer            = aws_elb.shop.id
  lb_port                  = var.port
  cookie_expiration_period = var.period
}

resource "aws_app_cookie_stickiness_policy" "with_cart" {
  name          = "with-cart"
  load_balancer = aws_elb.shop.name
  lb_port       = var.secure_port
  cookie_name   = "cart"
}

output "dns_name" {
  value = aws_elb.shop.dns_name
}
